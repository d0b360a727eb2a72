"""The API of EFS over the cloud that runs: file systems, and mount targets with their interfaces."""
