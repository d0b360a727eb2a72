"""Web ACLs of AWS WAF. Their statements are judged one by one: one that is not understood is an assumption there."""

from netful.sources.understanding.declaration import Declaration, within

_RULES = "Name Rules.Name Rules.Priority Rules.Statement Rules.Action Rules.OverrideAction Rules.RuleLabels.Name CustomResponseBodies"
_LIMITS = "API_GATEWAY.DefaultSizeInspectionLimit CLOUDFRONT.DefaultSizeInspectionLimit"
_OF_OTHERS = "APP_RUNNER_SERVICE COGNITO_USER_POOL VERIFIED_ACCESS_INSTANCE"
_ASIDE = "Scope VisibilityConfig Rules.VisibilityConfig Rules.CaptchaConfig Rules.ChallengeConfig"

DECLARED = {
    "AWS::WAFv2::WebACL": Declaration(
        f"{_RULES} DefaultAction {within('AssociationConfig.RequestBody', _LIMITS)}",
        f"{_ASIDE} {within('AssociationConfig.RequestBody', _OF_OTHERS)} CaptchaConfig ChallengeConfig DataProtectionConfig TokenDomains OnSourceDDoSProtectionConfig",
    ),
    "AWS::WAFv2::RuleGroup": Declaration(_RULES, f"{_ASIDE} Capacity AvailableLabels ConsumedLabels"),
    "AWS::WAFv2::IPSet": Declaration("Addresses", "IPAddressVersion Name Scope"),
    "AWS::WAFv2::RegexPatternSet": Declaration("RegularExpressionList", "Name Scope"),
    "AWS::WAFv2::WebACLAssociation": Declaration("ResourceArn WebACLArn", part_of="ResourceArn WebACLArn"),
}
