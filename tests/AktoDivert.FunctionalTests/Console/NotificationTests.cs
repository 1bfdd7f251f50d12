using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.Notifications;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Violations from a device's upload to a webhook, a syslog server and a mail server.</summary>
[TestClass]
public sealed class NotificationTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Alike_violations_are_one_signed_message_and_those_beyond_the_rate_are_counted_in_the_next()
    {
        await using var hook = await Receiver.StartAsync();
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await AddAsync(admin, new { name = "hook", kind = "Webhook", address = new Uri(hook.Address, "/here").AbsoluteUri, secret = "k", from = "Medium", groupSeconds = 1, mostPerHour = 1 });

        await UploadAsync(device, Violating("r1", "iban", "high"), Violating("r2", "iban", "high"), Violating("r3", "iban", "high"), Violating("r4", "email", "low"));

        var post = await hook.NextAsync(TestContext.CancellationToken);
        var body = JsonDocument.Parse(post.Body).RootElement;
        Assert.AreEqual((3, "/here"), (body.GetProperty("count").GetInt32(), post.Path));
        Assert.AreEqual("iban", body.GetProperty("violation").GetProperty("entity").GetString());
        Assert.AreEqual($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData("k"u8, Encoding.UTF8.GetBytes(post.Body)))}", post.Headers[NotificationSender.SignatureHeader]);
        var listed = await admin.GetFromJsonAsync<JsonElement>("api/admin/violations?from=Medium");
        Assert.AreEqual(3, listed.GetArrayLength());
        StringAssert.Contains(await admin.GetStringAsync("api/admin/notifications"), "\"hasSecret\":true");
    }

    [TestMethod]
    [DataRow("udp")]
    [DataRow("tcp")]
    public async Task Syslog_gets_one_line_of_CEF(string scheme)
    {
        using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var tcp = new TcpListener(IPAddress.Loopback, 0);
        tcp.Start();
        var port = ((IPEndPoint)(scheme == "udp" ? udp.Client.LocalEndPoint! : tcp.LocalEndpoint)).Port;
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await AddAsync(admin, new { name = "siem", kind = "Syslog", address = $"{scheme}://127.0.0.1:{port}", from = "Low", groupSeconds = 0 });

        await UploadAsync(device, Violating("r1", "a|b=c", "critical"));

        string line;
        if (scheme == "udp")
        {
            line = Encoding.UTF8.GetString((await udp.ReceiveAsync(TestContext.CancellationToken)).Buffer);
        }
        else
        {
            using var client = await tcp.AcceptTcpClientAsync(TestContext.CancellationToken);
            using var reader = new StreamReader(client.GetStream());
            var counted = await reader.ReadToEndAsync(TestContext.CancellationToken);
            var blank = counted.IndexOf(' ', StringComparison.Ordinal);
            line = counted[(blank + 1)..];
            Assert.AreEqual(Encoding.UTF8.GetByteCount(line), int.Parse(counted[..blank], System.Globalization.CultureInfo.InvariantCulture));
        }

        StringAssert.StartsWith(line, "<108>1 ");
        StringAssert.Contains(line, @"CEF:0|AktoDivert|Console|");
        StringAssert.Contains(line, @"|secrets/rule|a\|b=c|9|");
        StringAssert.Contains(line, " suser=alice ");
        StringAssert.Contains(line, "cs2=sk-…");
    }

    [TestMethod]
    public async Task A_mail_server_gets_a_mail_and_what_goes_wrong_is_kept()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var mail = ReceiveMailAsync(listener, TestContext.CancellationToken);
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await AddAsync(admin, new { name = "mail", kind = "Email", address = $"smtp://127.0.0.1:{port}", recipients = "soc@example.com, lead@example.com", from = "Low", groupSeconds = 0 });

        await UploadAsync(device, Violating("r1", "iban", "high"));
        var received = await mail;
        listener.Stop();

        StringAssert.Contains(received, "RCPT TO:<lead@example.com>");
        StringAssert.Contains(received, "Subject: AktoDivert: High iban in claude-code by alice");
        var id = (await admin.GetFromJsonAsync<JsonElement>("api/admin/notifications"))[0].GetProperty("id").GetString();
        using var failed = await admin.PostAsJsonAsync($"api/admin/notifications/{id}/test", new { });
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, failed.StatusCode);
        var kept = (await admin.GetFromJsonAsync<JsonElement>("api/admin/notifications"))[0].GetProperty("lastError").GetString();
        Assert.AreNotEqual("", kept);
    }

    private static IngestRecord Violating(string id, string entity, string severity)
    {
        var record = Records.Record(id);
        var finding = new AuditFinding
        {
            Policy = "keys", Detector = "secrets", Rule = "rule", Entity = entity, Severity = severity, Action = "block", Direction = "request", Evidence = "sk-…",
        };
        return record with { Audit = record.Audit! with { Guard = new AuditGuard { Verdict = "block", Findings = [finding] } } };
    }

    private static async Task UploadAsync(HttpClient device, params IngestRecord[] records) =>
        (await device.PostAsJsonAsync("api/ingestData", new IngestBatch(records), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();

    private static async Task AddAsync(HttpClient admin, object target)
    {
        using var answer = await admin.PostAsJsonAsync("api/admin/notifications", target);
        Assert.AreEqual(HttpStatusCode.NoContent, answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> ReceiveMailAsync(TcpListener listener, CancellationToken cancellation)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellation);
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        var said = new StringBuilder();
        await writer.WriteLineAsync("220 test".AsMemory(), cancellation);
        for (var inData = false; await reader.ReadLineAsync(cancellation) is { } line;)
        {
            said.AppendLine(line);
            var (answer, next) = inData
                ? (line == "." ? "250 ok" : null, line != ".")
                : line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase) ? ("354 go on", true)
                : line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? ("221 bye", false)
                : ("250 ok", false);
            inData = next;
            if (answer is not null)
            {
                await writer.WriteLineAsync(answer.AsMemory(), cancellation);
            }

            if (line == "." || line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                break;
            }
        }

        return said.ToString();
    }
}
