import type { IPolicyValidationPluginBeta1, IPolicyValidationContextBeta1, PolicyValidationPluginReportBeta1 } from "aws-cdk-lib";

export interface NetfulValidationPluginProps {
  /** The program. Default: `netful`, from the PATH. */
  readonly program?: string;
  /** The lowest severity that fails the synthesis. Default: `high`. */
  readonly failOn?: "info" | "low" | "medium" | "high" | "critical";
  /** Only these checks: ids, names, or beginnings of ids. */
  readonly select?: string[];
  /** Skip these checks. */
  readonly ignore?: string[];
  /** Further options of `netful check`, such as `["--baseline", "known.json"]`. */
  readonly options?: string[];
}

/** Network checks of netful as a validation plugin: `new App({ policyValidationBeta1: [new NetfulValidationPlugin()] })`. */
export declare class NetfulValidationPlugin implements IPolicyValidationPluginBeta1 {
  readonly name: string;
  readonly version: string;
  constructor(props?: NetfulValidationPluginProps);
  validate(context: IPolicyValidationContextBeta1): PolicyValidationPluginReportBeta1;
}
