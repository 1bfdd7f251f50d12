using System.ComponentModel;
using System.Diagnostics;
using System.Net;

namespace AktoDivert.Redirect.Windows;

/// <summary>Runs <c>aktodivert probe</c>.</summary>
internal sealed class ProbeProcess : ISelfTestProbe
{
    /// <inheritdoc />
    public string Program { get; } = Environment.ProcessPath!;

    /// <inheritdoc />
    public async Task<ProbeOutcome> ConnectAsync(IPEndPoint destination, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program, ["probe", destination.ToString()]) { CreateNoWindow = true };
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                return process.ExitCode switch
                {
                    SelfTestProbe.Answered => ProbeOutcome.Answered,
                    SelfTestProbe.Silent => ProbeOutcome.Silent,
                    _ => ProbeOutcome.NoNetwork,
                };
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
        catch (Win32Exception)
        {
            return ProbeOutcome.NoNetwork;
        }
    }
}
