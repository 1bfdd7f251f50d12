using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AktoDivert.Tests.Shared;

/// <summary>
/// A PostgreSQL server of its own in a temporary directory, reachable by a unix socket only, ended with it. It runs as another user when the
/// caller is root, as whom PostgreSQL refuses to run.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly string _directory;
    private readonly string _programs;
    private int _databases;

    private PostgresServer(string directory, string programs) => (_directory, _programs) = (directory, programs);

    /// <summary>Whether Debian's package <c>postgresql</c> is installed.</summary>
    public static bool IsInstalled => Programs() is not null;

    /// <summary>Starts a server; it takes connections when the task completes.</summary>
    /// <exception cref="InvalidOperationException">It is not installed or does not start; the message holds what it said.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        var programs = Programs() ?? throw new InvalidOperationException("PostgreSQL is not installed: apt-get install postgresql.");
        var directory = Directory.CreateTempSubdirectory("pg-").FullName;
        if (IsRoot)
        {
            await RunAsync("chown", User, directory);
        }

        var server = new PostgresServer(directory, programs);
        await server.RunProgramAsync("initdb", "-D", $"{directory}/data", "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await server.RunProgramAsync(
            "pg_ctl", "-D", $"{directory}/data", "-l", $"{directory}/log", "-w", "-t", "60", "-o",
            $"-c listen_addresses= -c unix_socket_directories={directory} -c shared_buffers=256MB -c max_connections=200 -c max_wal_size=2GB", "start");
        return server;
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"console{Interlocked.Increment(ref _databases)}";
        await RunProgramAsync("createdb", "-h", _directory, "-U", User, name);
        return $"Host={_directory};Username={User};Database={name};Pooling=true;Maximum Pool Size=40";
    }

    /// <summary>Processor time that the server's processes used so far; those of connections that ended are left out.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            var parent = File.ReadLines($"{_directory}/data/postmaster.pid").First();
            var ticks = Directory.EnumerateDirectories("/proc").Select(d => $"{d}/stat").Where(File.Exists).Sum(file =>
            {
                try
                {
                    var fields = File.ReadAllText(file).Split(") ", 2)[1].Split(' ');
                    return fields[1] == parent ? long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture) : 0;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // The process ended in the meantime.
                    return 0;
                }
            });
            // Of 1/100 second (proc(5), sysconf(_SC_CLK_TCK)).
            return TimeSpan.FromMilliseconds(10 * ticks);
        }
    }

    /// <summary>Ends the server, its connections included, and removes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        await RunProgramAsync("pg_ctl", "-D", $"{_directory}/data", "-m", "immediate", "-w", "stop");
        Directory.Delete(_directory, recursive: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static string? Programs() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => $"{d}/bin").LastOrDefault(d => File.Exists($"{d}/initdb"))
        : null;

    private Task RunProgramAsync(string program, params string[] arguments) => IsRoot
        ? RunAsync("runuser", ["-u", User, "--", $"{_programs}/{program}", .. arguments])
        : RunAsync($"{_programs}/{program}", arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(said, line.Data);
        process.ErrorDataReceived += (_, line) => Append(said, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // Not until the pipes close: the server that pg_ctl leaves behind holds them.
        while (!process.WaitForExit(0))
        {
            await Task.Yield();
            process.WaitForExit(50);
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
    }

    private static void Append(StringBuilder said, string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }
    }
}
