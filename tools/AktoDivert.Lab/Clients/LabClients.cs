using System.Globalization;
using System.Text.Json;
using AktoDivert.Lab.Upstream;

namespace AktoDivert.Lab.Clients;

/// <summary>The clients of the lab, in the order they are shown.</summary>
internal static class LabClients
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Program = TimeSpan.FromSeconds(90);

    public static IReadOnlyList<LabClient> All { get; } =
    [
        new("curl", "curl, HTTP/2, Copilot chat", "api.githubcopilot.com", "/chat/completions", "curl", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Curl(run, "curl", "--http2", "https://api.githubcopilot.com/chat/completions")),
        new("curl-h1", "curl, HTTP/1.1, chat completions", "api.openai.com", "/v1/chat/completions", "curl", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Curl(run, "curl", "--http1.1", "https://api.openai.com/v1/chat/completions")),
        new("node-anthropic", "@anthropic-ai/sdk, one JSON answer", "api.anthropic.com", "/v1/messages", "node", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Node(run, "anthropic.mjs", "json")),
        new("node-anthropic-stream", "@anthropic-ai/sdk, streamed", "api.anthropic.com", "/v1/messages", "node", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Node(run, "anthropic.mjs", "stream")),
        new("node-openai", "openai package, chat, streamed", "api.openai.com", "/v1/chat/completions", "node", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Node(run, "openai.mjs", "chat")),
        new("node-openai-responses", "openai package, responses, streamed", "api.openai.com", "/v1/responses", "node", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Node(run, "openai.mjs", "responses")),
        new("node-websocket", "ws package, messages of many sizes sent back", "api.openai.com", "/ws", "node", ClientTreatment.Intercepted, ClientReport.Json, Quick,
            run => Node(run, "websocket.mjs")),
        new("python", "Python urllib", "api.openai.com", "/v1/chat/completions", "python3", ClientTreatment.Intercepted, ClientReport.Json, Quick, Python),
        new("dotnet", ".NET HttpClient", "api.openai.com", "/v1/responses", "aktodivert-lab", ClientTreatment.Intercepted, ClientReport.Json, Quick, Dotnet),
        new("chromium", "headless Chromium, a chat page", "claude.ai", "/api/organizations/lab/chat_conversations/1/completion", "chromium",
            ClientTreatment.Intercepted, ClientReport.Json, TimeSpan.FromSeconds(60), Chromium),
        new("claude-code", "Claude Code, claude -p", "api.anthropic.com", "/v1/messages", "claude", ClientTreatment.Intercepted, ClientReport.AnswerText, Program,
            run => ClaudeCode(run, $"{run.Paths.NodeModules}/.bin/claude")),
        new("claude-code-native", "Claude Code in its native installer's layout", "api.anthropic.com", "/v1/messages", "2.1",
            ClientTreatment.Intercepted, ClientReport.AnswerText, Program, NativeClaudeCode),
        new("codex", "Codex, codex exec over WebSocket", "api.openai.com", "/v1/responses", "codex", ClientTreatment.Intercepted, ClientReport.AnswerText, Program,
            run => Codex(run, CallIdentity.MakeKey(run.Call))),
        new("codex-https", "Codex, its WebSocket refused", "api.openai.com", "/v1/responses", "codex", ClientTreatment.Intercepted, ClientReport.AnswerText, Program,
            run => Codex(run, CallIdentity.MakeKey(run.Call, webSockets: false))),
        new("codex-chatgpt", "Codex, signed in with ChatGPT", "chatgpt.com", "/backend-api/codex/responses", "codex",
            ClientTreatment.Intercepted, ClientReport.AnswerText, Program, CodexWithChatGpt),
        new("chatty", "curl to a telemetry host", "statsig.anthropic.com", "/echo", "curl", ClientTreatment.Chatty, ClientReport.Json, Quick,
            run => Curl(run, "curl", "--http2", "https://statsig.anthropic.com/echo")),
        new("unrelated", "curl to a host that is no AI's", "www.example.org", "/echo", "curl", ClientTreatment.Unmatched, ClientReport.Json, Quick,
            run => Curl(run, "curl", "--http2", "https://www.example.org/echo")),
        new("not-allowed", "a program on no allow-list", "api.openai.com", "/v1/chat/completions", "fetcher", ClientTreatment.Untouched, ClientReport.Json, Quick,
            run => Curl(run, run.Paths.UnlistedProgram, "--http2", "https://api.openai.com/v1/chat/completions")),
        new("expired", "curl to a server with an expired certificate", "expired.anthropic.com", "/echo", "curl", ClientTreatment.Intercepted, ClientReport.Refusal, Quick,
            run => Curl(run, "curl", "--http2", "https://expired.anthropic.com/echo")),
        new("wrong-name", "curl to a server with another's certificate", "wrongname.anthropic.com", "/echo", "curl", ClientTreatment.Intercepted, ClientReport.Refusal, Quick,
            run => Curl(run, "curl", "--http2", "https://wrongname.anthropic.com/echo")),
        new("self-signed", "curl to a self-signed server", "selfsigned.anthropic.com", "/echo", "curl", ClientTreatment.Intercepted, ClientReport.Refusal, Quick,
            run => Curl(run, "curl", "--http2", "https://selfsigned.anthropic.com/echo")),
    ];

    /// <exception cref="LabException">No client has the name.</exception>
    public static LabClient Named(string name) => All.FirstOrDefault(client => client.Name == name)
        ?? throw new LabException($"There is no client '{name}'. Clients: {string.Join(", ", All.Select(client => client.Name))}");

    private static async Task<ClientCommand> Curl(ClientRun run, string program, string version, string url)
    {
        var question = JsonSerializer.Serialize(new { model = "gpt-5", stream = true, messages = new[] { new { role = "user", content = run.Prompt } } });
        var folder = await run.WriteFileAsync($"work/{run.Call}/question.json", question);
        return Command(run, ["sh", $"{run.Paths.Apps}/curl.sh", program, version, url, folder]);
    }

    private static Task<ClientCommand> Node(ClientRun run, string script, params string[] arguments) => Task.FromResult(Command(
        run,
        ["node", $"{run.Paths.Apps}/{script}", .. arguments],
        [
            // Node carries the public CAs inside; the lab's upstream CA stands in their place. The machine's own store stays unread, as usual.
            new("NODE_OPTIONS", "--use-openssl-ca"),
            new("SSL_CERT_FILE", run.Paths.UpstreamCertificate),
            new("SSL_CERT_DIR", "/nonexistent"),
        ]));

    private static Task<ClientCommand> Python(ClientRun run) =>
        Task.FromResult(Command(run, ["python3", $"{run.Paths.Apps}/chat.py"]));

    private static Task<ClientCommand> Dotnet(ClientRun run)
    {
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        return Task.FromResult(Command(
            run,
            [$"{run.Paths.DotnetClient}/aktodivert-lab", "client", "dotnet"],
            root is null ? [] : [new("DOTNET_ROOT", root)]));
    }

    private static Task<ClientCommand> Chromium(ClientRun run) => Task.FromResult(Command(
        run,
        ["sh", $"{run.Paths.Apps}/chromium.sh", $"https://claude.ai/chat?call={run.Call}", $"{run.Paths.EmployeeHome}/work/{run.Call}"]));

    private static async Task<ClientCommand> ClaudeCode(ClientRun run, string program)
    {
        var home = await run.WriteFileAsync($"work/{run.Call}/.keep", "");
        return Command(run, [program, "-p", run.Prompt], [new("HOME", home), new("ANTHROPIC_API_KEY", run.Key)]);
    }

    private static async Task<ClientCommand> NativeClaudeCode(ClientRun run)
    {
        var folder = await run.WriteFileAsync("bin/.keep", "");
        var link = $"{folder}/claude";
        File.Delete(run.Pc.Root + link);
        File.CreateSymbolicLink(run.Pc.Root + link, run.Paths.NativeClaude);
        return await ClaudeCode(run, link);
    }

    private static async Task<ClientCommand> Codex(ClientRun run, string key)
    {
        var home = await run.WriteFileAsync($"work/{run.Call}/.codex/auth.json", JsonSerializer.Serialize(new { OPENAI_API_KEY = key }));
        return CodexCommand(run, home, [new("OPENAI_API_KEY", key)]);
    }

    private static async Task<ClientCommand> CodexWithChatGpt(ClientRun run)
    {
        var now = DateTimeOffset.Now;
        var token = MakeToken(new Dictionary<string, object>
        {
            ["exp"] = now.AddDays(1).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["email"] = "employee@lab.example",
            ["https://api.openai.com/auth"] = new { chatgpt_account_id = $"acc-lab-{run.Call}", chatgpt_plan_type = "plus", chatgpt_user_id = "user-lab" },
        });
        var home = await run.WriteFileAsync($"work/{run.Call}/.codex/auth.json", JsonSerializer.Serialize(new
        {
            auth_mode = "chatgpt",
            OPENAI_API_KEY = (string?)null,
            tokens = new { id_token = token, access_token = token, refresh_token = "rt-made-up", account_id = $"acc-lab-{run.Call}" },
            last_refresh = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        }));
        return CodexCommand(run, home, []);
    }

    private static ClientCommand CodexCommand(ClientRun run, string codexHome, IEnumerable<KeyValuePair<string, string>> variables) => Command(
        run,
        [$"{run.Paths.NodeModules}/.bin/codex", "exec", "--skip-git-repo-check", run.Prompt],
        [new("HOME", Path.GetDirectoryName(codexHome)!), new("CODEX_HOME", codexHome), .. variables]);

    /// <summary>A token of the right shape that nobody signed.</summary>
    private static string MakeToken(object claims) =>
        string.Join('.', Base64Url(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", typ = "JWT" })), Base64Url(JsonSerializer.SerializeToUtf8Bytes(claims)), Base64Url("not a signature"u8));

    private static string Base64Url(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static ClientCommand Command(ClientRun run, IReadOnlyList<string> arguments, IEnumerable<KeyValuePair<string, string>>? variables = null) =>
        new(arguments, new Dictionary<string, string>([new("LAB_CALL", run.Call), new("LAB_KEY", run.Key), new("LAB_PROMPT", run.Prompt), .. variables ?? []]));
}
