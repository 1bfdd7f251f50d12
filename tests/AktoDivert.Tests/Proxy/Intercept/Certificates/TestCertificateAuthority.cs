using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates;

/// <summary>A device CA in a folder of its own.</summary>
internal sealed class TestCertificateAuthority : IDisposable
{
    public TestCertificateAuthority(TimeProvider? time = null)
    {
        Time = time ?? new TestTimeProvider();
        Path = Directory.CreateTempSubdirectory("aktodivert-ca-").FullName;
        Authority = Open();
    }

    public TimeProvider Time { get; }

    public string Path { get; }

    public DeviceAuthority Authority { get; }

    public DeviceAuthority Open() => DeviceAuthority.Open(Path, "laptop-7", Time);

    public CaGeneration Activate(params string[] domains)
    {
        var generation = Authority.Stage(domains);
        Authority.Activate(generation);
        return generation;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
