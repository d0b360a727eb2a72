"""Web ACLs of AWS WAF. Their statements are judged one by one: one that is not understood is an assumption there."""

from netful.sources.understanding.declaration import Area, Declaration

_FIREWALLS = Area.FIREWALLS
_RULES = "Name Rules.Name Rules.Priority Rules.Statement Rules.Action Rules.OverrideAction Rules.RuleLabels.Name CustomResponseBodies"
_ASIDE = "Scope VisibilityConfig Rules.VisibilityConfig Rules.CaptchaConfig Rules.ChallengeConfig"

DECLARED = {
    "AWS::WAFv2::WebACL": Declaration(
        _FIREWALLS,
        f"{_RULES} DefaultAction AssociationConfig.RequestBody.API_GATEWAY.DefaultSizeInspectionLimit",
        f"{_ASIDE} CaptchaConfig ChallengeConfig DataProtectionConfig TokenDomains OnSourceDDoSProtectionConfig",
    ),
    "AWS::WAFv2::RuleGroup": Declaration(_FIREWALLS, _RULES, f"{_ASIDE} Capacity AvailableLabels ConsumedLabels"),
    "AWS::WAFv2::IPSet": Declaration(_FIREWALLS, "Addresses", "IPAddressVersion Name Scope"),
    "AWS::WAFv2::RegexPatternSet": Declaration(_FIREWALLS, "RegularExpressionList", "Name Scope"),
    "AWS::WAFv2::WebACLAssociation": Declaration(_FIREWALLS, "ResourceArn WebACLArn", part_of="ResourceArn WebACLArn"),
}
