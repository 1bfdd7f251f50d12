using System.Runtime.CompilerServices;
using System.Text.Json;
using AktoDivert.Agent.Commands;

namespace AktoDivert.Agent.Control;

/// <summary>A command's side of the control socket.</summary>
internal sealed class ControlClient : IAsyncDisposable
{
    private const int MostResponseBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly Stream _stream;
    private readonly BoundedLineReader _lines;

    private ControlClient(Stream stream)
    {
        _stream = stream;
        _lines = new BoundedLineReader(_stream, MostResponseBytes);
    }

    /// <summary>Connects; null when no agent runs there.</summary>
    /// <exception cref="CommandException">An agent is there and the user may not use it.</exception>
    public static async Task<ControlClient?> TryConnectAsync(string address, CancellationToken cancellationToken) =>
        await ControlAddress.TryConnectAsync(address, cancellationToken) is { } stream ? new ControlClient(stream) : null;

    /// <summary>Connects.</summary>
    /// <exception cref="CommandException">No agent runs there.</exception>
    public static async Task<ControlClient> ConnectAsync(string path, CancellationToken cancellationToken) =>
        await TryConnectAsync(path, cancellationToken)
        ?? throw new CommandException(ExitCode.NotRunning, OperatingSystem.IsWindows()
            ? $"no agent answers at {path}; start it with: aktodivert service start"
            : $"no agent answers at {path}; start it with: sudo aktodivert run, or: sudo aktodivert service start");

    /// <summary>Asks, and gives the answer.</summary>
    /// <exception cref="CommandException">The agent refused, or hung up.</exception>
    public async Task<ControlResponse> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await _stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), limit.Token);
            await _stream.WriteAsync("\n"u8.ToArray(), limit.Token);
            var response = await ReadAsync(limit.Token) ?? throw new CommandException(ExitCode.Failed, "the agent hung up");
            return response.Ok ? response : throw new CommandException(ExitCode.Failed, response.Error ?? "the agent refused");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.NotRunning, $"the agent did not answer within {AnswerLimit.TotalSeconds:0} seconds");
        }
        catch (IOException fault)
        {
            throw new CommandException(ExitCode.NotRunning, $"the agent hung up: {fault.Message}");
        }
    }

    /// <summary>Lines after a <see cref="ControlOps.Tail"/>, until the agent stops.</summary>
    public async IAsyncEnumerable<ControlResponse> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } response)
        {
            yield return response;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _lines.DisposeAsync();
        await _stream.DisposeAsync();
    }

    private async ValueTask<ControlResponse?> ReadAsync(CancellationToken cancellationToken) =>
        await _lines.ReadAsync(cancellationToken) is { } line ? JsonSerializer.Deserialize(line, ControlJson.Default.ControlResponse) : null;
}
