using System.Runtime.Versioning;

[assembly: DoNotParallelize]
// Namespaces, eBPF and Debian's trust stores: nothing here runs elsewhere.
[assembly: SupportedOSPlatform("linux")]
