using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AktoDivert.Capture.Sse;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// The agent's side of the console's HTTP interface, which is Akto's plus a settings stream and enrolment. The token goes raw into the
/// authorization header, as Akto's services read it. Redirects are not followed: they would carry the token to another host. Thread-safe.
/// </summary>
public sealed class ConsoleClient : IIngestion, IDisposable
{
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(10);

    // Akto's own services take no flow reports; a console that replaces them may, some day.
    private static readonly TimeSpan NoSuchService = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly ConsoleClientOptions _options;
    private readonly TokenSource _token;
    private readonly TimeProvider _time;
    private readonly Uri _batches;

    /// <summary>Makes a client; nothing is connected until the first request.</summary>
    public ConsoleClient(ConsoleClientOptions options, TokenSource token, TimeProvider time)
    {
        (_options, _token, _time, _batches) = (options, token, time, At(options.Ingestion, "/api/ingestData"));
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.UnixSocket is { } path)
        {
            sockets.UseProxy = false;
            sockets.ConnectCallback = (_, cancellationToken) => ConnectUnixAsync(path, cancellationToken);
        }

        // Each request sets its own time limit: the settings stream has none.
        _http = new HttpClient(sockets) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private Uri SettingsBase => _options.Settings ?? _options.Ingestion;

    /// <inheritdoc />
    async Task<(PostOutcome Outcome, TimeSpan? RetryAfter)> IIngestion.PostAsync(
        IReadOnlyList<SerializedRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Post, _batches, new BatchContent(records), cancellationToken);
            return (OutcomeOf(response.StatusCode), RetryAfterOf(response));
        }
        catch (Exception e) when (IsUnreachable(e) && !cancellationToken.IsCancellationRequested)
        {
            return (PostOutcome.Unavailable, null);
        }
    }

    /// <summary>Reports flows: <c>POST /api/agent/flows</c>. Throws nothing but <see cref="OperationCanceledException"/> for the caller's own token.</summary>
    /// <returns>The outcome, and the pause to make before the next report if one is asked for.</returns>
    internal async Task<(PostOutcome Outcome, TimeSpan? RetryAfter)> ReportAsync(FlowReport report, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(
                HttpMethod.Post, At(SettingsBase, "/api/agent/flows"), JsonContent.Create(report, WireJson.Default.FlowReport), cancellationToken);
            return response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented
                ? (PostOutcome.Unavailable, NoSuchService)
                : (OutcomeOf(response.StatusCode), RetryAfterOf(response));
        }
        catch (Exception e) when (IsUnreachable(e) && !cancellationToken.IsCancellationRequested)
        {
            return (PostOutcome.Unavailable, null);
        }
    }

    /// <summary>Fetches the settings: <c>POST /api/fetchAccountSettings</c>. Null when the account has none.</summary>
    /// <exception cref="ConsoleRefusedException">The console answered with an error.</exception>
    /// <exception cref="HttpRequestException">The console cannot be reached.</exception>
    /// <exception cref="JsonException">The answer is no settings document.</exception>
    public async Task<AccountSettings?> FetchAccountSettingsAsync(CancellationToken cancellationToken)
    {
        var response = await CallAsync(
            HttpMethod.Post,
            "/api/fetchAccountSettings",
            new StringContent("{}", null, "application/json"),
            WireJson.Default.AccountSettingsResponse,
            cancellationToken);
        return response?.AccountSettings;
    }

    /// <summary>
    /// Sends a heartbeat: <c>POST /api/updateModuleInfoForHeartbeat</c>. Errors as for <see cref="FetchAccountSettingsAsync"/>.
    /// </summary>
    public async Task HeartbeatAsync(ModuleHeartbeat heartbeat, CancellationToken cancellationToken)
    {
        const string path = "/api/updateModuleInfoForHeartbeat";
        using var response = await SendAsync(
            HttpMethod.Post, At(SettingsBase, path), JsonContent.Create(heartbeat, WireJson.Default.ModuleHeartbeat), cancellationToken);
        EnsureSuccess(response, path);
    }

    /// <summary>
    /// Trades a one-time enrolment token for a device token: <c>POST /api/agent/enrol</c>. Errors as for
    /// <see cref="FetchAccountSettingsAsync"/>.
    /// </summary>
    public async Task<EnrolResponse> EnrolAsync(EnrolRequest request, CancellationToken cancellationToken) =>
        await CallAsync(
            HttpMethod.Post,
            "/api/agent/enrol",
            JsonContent.Create(request, WireJson.Default.EnrolRequest),
            WireJson.Default.EnrolResponse,
            cancellationToken)
        ?? throw new JsonException("The console answered the enrolment with null.");

    /// <summary>Asks which version this device is to run: <c>GET /api/agent/update</c>. Errors as for <see cref="FetchAccountSettingsAsync"/>.</summary>
    public async Task<WantedVersion> WantedVersionAsync(CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Get, "/api/agent/update", null, WireJson.Default.WantedVersion, cancellationToken)
        ?? throw new JsonException("The console answered with null.");

    /// <summary>
    /// The live settings: <c>GET /api/agent/settings</c>, each <c>settings</c> event as it comes. Ends when the console closes the stream.
    /// </summary>
    /// <param name="silence">A stream without any byte for this time counts as dead and throws <see cref="TimeoutException"/>; the console
    /// sends a comment every 15 seconds.</param>
    /// <param name="asked">Called when the console asks for diagnostics; must return at once.</param>
    /// <param name="cancellationToken">Stops listening.</param>
    /// <exception cref="ConsoleRefusedException">The console has no such stream (404: a plain Akto deployment) or refuses the
    /// token.</exception>
    public async IAsyncEnumerable<AccountSettings> StreamSettingsAsync(
        TimeSpan silence, Action asked, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string path = "/api/agent/settings";
        using var request = NewRequest(HttpMethod.Get, At(SettingsBase, path));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var watchdog = new Watchdog(silence, _time, cancellationToken);
        using var response = await watchdog.Guard(token => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token));
        EnsureSuccess(response, path);
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            // A web server that answers every unknown path with its page has no such stream either.
            throw new ConsoleRefusedException($"GET {path}", HttpStatusCode.NotFound);
        }

        await using var stream = await watchdog.Guard(token => response.Content.ReadAsStreamAsync(token));
        var reader = new SseReader(maxEventBytes: 4 << 20);
        var buffer = new byte[16 * 1024];
        while (await watchdog.Guard(token => stream.ReadAsync(buffer, token).AsTask()) is > 0 and var count)
        {
            reader.Feed(buffer.AsSpan(0, count));
            while (reader.TryRead(out var next))
            {
                if (next.Name == "settings" && JsonSerializer.Deserialize(next.Data.Span, WireJson.Default.AccountSettings) is { } settings)
                {
                    yield return settings;
                }
                else if (next.Name == "diagnose")
                {
                    asked();
                }
            }
        }
    }

    /// <summary>Calls one of the service's other operations. Errors as for <see cref="FetchAccountSettingsAsync"/>.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="json">The request's body.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="ingestion">Whether the data-ingestion service is meant instead of the one with the settings.</param>
    public async Task<byte[]> PostAsync(string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken, bool ingestion = false)
    {
        var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new("application/json");
        using var response = await SendAsync(HttpMethod.Post, At(ingestion ? _options.Ingestion : SettingsBase, path), content, cancellationToken);
        EnsureSuccess(response, path);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>Whether an exception says that the console cannot be reached or does not answer in time.</summary>
    public static bool IsUnreachable(Exception e) =>
        e is HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException;

    private async Task<T?> CallAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, At(SettingsBase, path), content, cancellationToken);
        EnsureSuccess(response, path);
        return await response.Content.ReadFromJsonAsync(type, cancellationToken);
    }

    private static Uri At(Uri service, string path) => new(service.AbsoluteUri.TrimEnd('/') + path);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, HttpContent? content, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = NewRequest(method, address);
        request.Content = content;
        return await _http.SendAsync(request, either.Token);
    }

    private HttpRequestMessage NewRequest(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        if (_token.Read() is { } token)
        {
            request.Headers.TryAddWithoutValidation("authorization", token);
        }

        return request;
    }

    private static void EnsureSuccess(HttpResponseMessage response, string path)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new ConsoleRefusedException($"{response.RequestMessage?.Method} {path}", response.StatusCode);
        }
    }

    private static PostOutcome OutcomeOf(HttpStatusCode status) => status switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => PostOutcome.Accepted,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => PostOutcome.Unauthorized,
        HttpStatusCode.RequestEntityTooLarge => PostOutcome.TooLarge,
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => PostOutcome.Refused,
        _ => PostOutcome.Unavailable,
    };

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var pause = after?.Delta ?? (after?.Date - _time.GetUtcNow());
        return pause > MaxRetryAfter ? MaxRetryAfter : pause;
    }

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }
}
