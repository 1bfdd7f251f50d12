using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AktoDivert.Lab.Check;

/// <summary>A running agent, asked over its control socket, and a running console, asked over its admin API.</summary>
internal sealed class AgentAndConsole : ICheckSource, IDisposable
{
    private readonly string _agentSocket;
    private readonly HttpClient _console;

    /// <param name="agentSocket">Path of the agent's control socket.</param>
    /// <param name="console">Base address of the console.</param>
    /// <param name="adminToken">Admin token of the console.</param>
    public AgentAndConsole(string agentSocket, Uri console, string adminToken)
    {
        _agentSocket = agentSocket;
        _console = new HttpClient { BaseAddress = console, Timeout = TimeSpan.FromSeconds(10) };
        _console.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
    }

    public async Task<IReadOnlyList<SeenFlow>> FlowsAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_agentSocket), limit.Token);
        }
        catch (SocketException failure)
        {
            throw new LabException($"No agent answers at {_agentSocket} ({failure.Message}). Start it on the pc with: aktodivert-lab exec -- aktodivert run");
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("{\"op\":\"flows\"}\n"u8.ToArray(), limit.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var line = await reader.ReadLineAsync(limit.Token) ?? throw new LabException($"The agent at {_agentSocket} hung up.");
        using var answer = JsonDocument.Parse(line);
        return answer.RootElement.GetProperty("flows").Deserialize<IReadOnlyList<SeenFlow>>() ?? [];
    }

    public async Task<IReadOnlyList<SeenCall>> CallsAsync(long after, CancellationToken cancellation)
    {
        var calls = new List<SeenCall>();
        while (true)
        {
            var page = JsonSerializer.Deserialize<IReadOnlyList<SeenCall>>(await ReadAsync($"/api/admin/calls?after={after}&limit=500", cancellation)) ?? [];
            calls.AddRange(page);
            if (page.Count == 0)
            {
                return calls;
            }

            after = page[^1].Seq;
        }
    }

    public Task<string> ContentAsync(string id, CancellationToken cancellation) =>
        ReadAsync($"/api/admin/calls/{Uri.EscapeDataString(id)}", cancellation);

    public void Dispose() => _console.Dispose();

    private async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await _console.GetStringAsync(path, cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw new LabException($"The console at {_console.BaseAddress} does not answer {path}: {failure.Message}. Check --console and --admin-token-file.");
        }
    }
}
