using System.Diagnostics;
using System.Globalization;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// The agent's end of supervision by a process of its own (<c>supervise</c>), where the kernel has no timer that ends a process: a thread sends
/// a byte again and again, and the supervisor ends the agent when they stay away. The driver then lets all packets pass, and the service
/// control manager starts the agent anew. A supervisor that ends is replaced.
/// </summary>
internal sealed class SupervisedHangLimit : IDisposable
{
    private const int BeatsPerLimit = 8;

    private readonly ManualResetEvent _ended = new(initialState: false);
    private readonly TimeSpan _limit;
    private readonly Thread _beats;

    private SupervisedHangLimit(TimeSpan limit)
    {
        _limit = limit;
        _beats = new Thread(Beat) { IsBackground = true, Name = "supervision", Priority = ThreadPriority.Highest };
        _beats.Start();
    }

    /// <summary>Starts a supervisor of this process.</summary>
    /// <param name="limit">Longest time this process may not run, at least 1 s.</param>
    public static SupervisedHangLimit Start(TimeSpan limit) => new(limit);

    /// <inheritdoc />
    public void Dispose()
    {
        _ended.Set();
        _beats.Join();
        _ended.Dispose();
    }

    private static Process? StartSupervisor(TimeSpan limit)
    {
        using var self = Process.GetCurrentProcess();
        var milliseconds = ((int)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["supervise", self.Id.ToString(CultureInfo.InvariantCulture), milliseconds])
        {
            RedirectStandardInput = true,
            CreateNoWindow = true,
        };
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Without a supervisor the redirect engine's own watchdog is still there; the next beat tries again.
            return null;
        }
    }

    private void Beat()
    {
        Process? supervisor = null;
        try
        {
            do
            {
                if (supervisor is null or { HasExited: true })
                {
                    supervisor?.Dispose();
                    supervisor = StartSupervisor(_limit);
                }

                Send(supervisor);
            }
            while (!_ended.WaitOne(_limit / BeatsPerLimit));
        }
        finally
        {
            // The end of its input tells the supervisor that the agent ends in order.
            supervisor?.StandardInput.Close();
            supervisor?.Dispose();
        }
    }

    private static void Send(Process? supervisor)
    {
        try
        {
            supervisor?.StandardInput.BaseStream.WriteByte(1);
            supervisor?.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // It ended; the next beat starts another.
        }
    }
}
