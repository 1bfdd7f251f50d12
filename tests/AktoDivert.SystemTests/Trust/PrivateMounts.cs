using System.Diagnostics;

namespace AktoDivert.SystemTests.Trust;

/// <summary>
/// Runs a test method once more in a process whose /etc, /usr/local/share and homes are a throw-away layer over the real ones: what it
/// changes there nobody else sees, and it is gone when the process ends, however it ends.
/// </summary>
internal static class PrivateMounts
{
    private const string Marker = "AKTODIVERT_PRIVATE_MOUNTS";

    private const string Script = """
        set -e
        mount -t tmpfs tmpfs "$1"
        for folder in /etc /usr/local/share /root /home /var/lib/dpkg /var/lib/ca-certificates-java; do
          [ -d "$folder" ] || continue
          mkdir -p "$1$folder/upper" "$1$folder/work"
          mount -t overlay overlay -o "lowerdir=$folder,upperdir=$1$folder/upper,workdir=$1$folder/work" "$folder"
        done
        exec "$2" --filter "FullyQualifiedName=$3"
        """;

    public static bool Entered => Environment.GetEnvironmentVariable(Marker) is not null;

    /// <summary>Runs the calling test method inside and fails with its output when it fails there.</summary>
    public static async Task RunAsync(TestContext context)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("Needs root: run it with sudo.");
        }

        var scratch = Directory.CreateTempSubdirectory("aktodivert-mounts-").FullName;
        try
        {
            string[] arguments =
            [
                "--mount", "--propagation", "private", "bash", "-c", Script, "bash",
                scratch, Environment.ProcessPath!, $"{context.FullyQualifiedTestClassName}.{context.TestName}",
            ];
            var start = new ProcessStartInfo("unshare", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment[Marker] = "1";
            using var inside = Process.Start(start)!;
            var errors = inside.StandardError.ReadToEndAsync(context.CancellationToken);
            var output = await inside.StandardOutput.ReadToEndAsync(context.CancellationToken);
            await inside.WaitForExitAsync(context.CancellationToken);
            Assert.AreEqual(0, inside.ExitCode, output + await errors);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
