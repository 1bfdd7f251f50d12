using System.Text.Json;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Control;

/// <summary>
/// Answers commands on the control channel: one JSON object per line each way. A bad line gets an error for an answer; only a line
/// too long to be one ends the connection.
/// </summary>
internal sealed partial class ControlServer(AgentOptions options, IControlAnswers answers, ILogger<ControlServer> logger) : BackgroundService
{
    /// <summary>Longest request.</summary>
    public const int MostRequestBytes = 64 * 1024;

    private const int MostConnections = 32;
    private static readonly byte[] Newline = "\n"u8.ToArray();

    private readonly SemaphoreSlim _free = new(MostConnections);
    private IControlListener? _listener;

    /// <inheritdoc />
    /// <exception cref="CommandException">Another agent answers there.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var other = await ControlClient.TryConnectAsync(options.ControlSocket, cancellationToken))
        {
            if (other is not null)
            {
                throw new CommandException(ExitCode.AlreadyRunning, $"another agent answers at {options.ControlSocket}; stop it, or set another $.controlSocket");
            }
        }

        _listener = ControlAddress.Listen(options.ControlSocket, MostConnections);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _listener?.Dispose();
        _free.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                await _free.WaitAsync(stoppingToken);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeAsync(await AcceptAsync(stoppingToken), stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops; open connections see it too.
        }

        await Task.WhenAll(serving);
        _listener!.Dispose();
    }

    private async Task<Stream> AcceptAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await _listener!.AcceptAsync(stopping);
            }
            catch (IOException)
            {
                // The command was gone before it was served.
            }
        }
    }

    private async Task ServeAsync(Stream accepted, CancellationToken stopping)
    {
        try
        {
            await using var stream = accepted;
            await using var lines = new BoundedLineReader(stream, MostRequestBytes);
            while (await lines.ReadAsync(stopping) is { } line)
            {
                if (!TryParse(line, out var request, out var error))
                {
                    await SendAsync(stream, ControlResponse.Refuse(error), stopping);
                }
                else if (request!.Op == ControlOps.Tail)
                {
                    await SendAsync(stream, ControlResponse.Done, stopping);
                    await TailAsync(stream, request, lines, stopping);
                    return;
                }
                else
                {
                    await SendAsync(stream, answers.Answer(request), stopping);
                }
            }
        }
        catch (InvalidDataException fault)
        {
            LogRefused(logger, fault.Message);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The command hung up, or the agent stops.
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task TailAsync(Stream stream, ControlRequest request, BoundedLineReader lines, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var sending = SendTailAsync(stream, request, ended.Token);
        var hangingUp = lines.ReadAsync(ended.Token).AsTask();
        await Task.WhenAny(sending, hangingUp);
        await ended.CancelAsync();
        await Task.WhenAll(sending, hangingUp);
    }

    private async Task SendTailAsync(Stream stream, ControlRequest request, CancellationToken ended)
    {
        await foreach (var line in answers.TailAsync(request, ended))
        {
            await SendAsync(stream, line, ended);
        }
    }

    private static bool TryParse(byte[] line, out ControlRequest? request, out string error)
    {
        error = "the line is not a request; write one JSON object with a member op";
        try
        {
            request = JsonSerializer.Deserialize(line, ControlJson.Default.ControlRequest);
            return request is not null;
        }
        catch (JsonException)
        {
            request = null;
            return false;
        }
    }

    private static async ValueTask SendAsync(Stream stream, ControlResponse response, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(response, ControlJson.Default.ControlResponse);
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.WriteAsync(Newline, cancellationToken);
    }

    [LoggerMessage(4020, LogLevel.Warning, "control socket: hung up on a command: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
