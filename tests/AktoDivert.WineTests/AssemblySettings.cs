using System.Runtime.Versioning;

[assembly: DoNotParallelize]
// Wine on Linux, in network namespaces.
[assembly: SupportedOSPlatform("linux")]
