"""The Serverless Application Model: `AWS::Serverless::*` resources become what CloudFormation deploys for them.

SAM's own translator, the code that AWS runs, does that (`translator`). The other modules prepare its input and output:

1. It needs code in S3. Local paths are replaced before the translation and put back after it (`stand_ins`).
2. It keeps no lines. Generated resources and their values get the lines of what they were made from (`lines`).
3. It reads values of parameters. Those without a value stay references (`unknown_parameters`).
4. Its refusals are errors with file, line and hint (`refusals`).
5. Where `sam build` has run, its folders are the code (`build`).
"""

from netful.sources.sam.build import use_built
from netful.sources.sam.serverless import is_needed
from netful.sources.template.template import Template

__all__ = ["is_needed", "translate", "use_built"]


def translate(template: Template, region: str) -> None:
    """Replace the SAM resources of a template by what AWS deploys for them."""
    from netful.sources.sam import translation  # noqa: PLC0415  # only SAM templates need it

    translation.translate(template, region)
