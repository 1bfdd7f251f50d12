using System.ComponentModel;
using System.Diagnostics;

namespace AktoDivert.Agent.Hosting;

/// <summary>The supervisor's end: ends a process whose beats stay away.</summary>
internal static class Supervisor
{
    /// <summary>Watches until the beats end or stay away.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="limit">Longest pause between beats.</param>
    /// <param name="beats">Brings the beats; its end means that the process ends by itself.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    /// <returns>Whether the process was ended.</returns>
    public static async Task<bool> WatchAsync(int pid, TimeSpan limit, Stream beats, CancellationToken cancellationToken)
    {
        if (Find(pid) is not { } process)
        {
            return false;
        }

        using (process)
        {
            var buffer = new byte[64];
            while (true)
            {
                // A read of standard input cannot be cancelled on every system, so the limit runs beside it.
                var reading = beats.ReadAsync(buffer, cancellationToken).AsTask();
                try
                {
                    if (await reading.WaitAsync(limit, cancellationToken) == 0)
                    {
                        return false;
                    }
                }
                catch (TimeoutException)
                {
                    return End(process);
                }
                catch (Exception fault) when (fault is OperationCanceledException or IOException)
                {
                    return false;
                }
            }
        }
    }

    private static Process? Find(int pid)
    {
        try
        {
            var process = Process.GetProcessById(pid);

            // Opens it now: a later process of the same number is another one.
            _ = process.SafeHandle;
            return process;
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    private static bool End(Process process)
    {
        try
        {
            process.Kill();
            return true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
