using System.Net;
using System.Net.Http.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

[TestClass]
public sealed class AccessTests
{
    private static readonly string[] DevicePaths = ["POST api/ingestData", "POST api/fetchAccountSettings", "POST api/updateModuleInfoForHeartbeat", "GET api/agent/settings"];

    private static readonly string[] AdminPaths =
    [
        "GET api/admin/patterns", "POST api/admin/patterns", "DELETE api/admin/patterns?pattern=x", "GET api/admin/domains/ai", "POST api/admin/domains/ai",
        "DELETE api/admin/domains/ai?domain=x", "GET api/admin/devices", "POST api/admin/enrolment-tokens", "GET api/admin/calls", "GET api/admin/calls/x",
        "POST api/admin/learned/pin",
    ];

    [TestMethod]
    public async Task Nothing_but_health_and_sign_in_is_open_without_credentials()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        using var stranger = console.Client("akd_device_unknown");

        foreach (var path in DevicePaths)
        {
            Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(console.Anonymous, path), path);
            Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(stranger, path), path);
            Assert.AreEqual(HttpStatusCode.Forbidden, await StatusAsync(admin, path), path);
        }

        foreach (var path in AdminPaths)
        {
            Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(console.Anonymous, path), path);
            Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(stranger, path), path);
            Assert.AreEqual(HttpStatusCode.Forbidden, await StatusAsync(device, path), path);
        }

        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(console.Anonymous, "GET healthz"));
        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(console.Anonymous, "GET sign-in"));
        foreach (var page in new[] { "", "devices", "settings/domains", "settings/proxy-patterns", "account" })
        {
            Assert.AreEqual(HttpStatusCode.Redirect, await StatusAsync(console.Anonymous, $"GET {page}"), page);
            Assert.AreNotEqual(HttpStatusCode.OK, await StatusAsync(device, $"GET {page}"), page);
        }
    }

    [TestMethod]
    public async Task A_token_says_what_it_is_and_never_looks_like_an_option_of_a_command_line()
    {
        await using var console = await RunningConsole.StartAsync();
        var enrolment = await console.Host.CreateEnrolmentTokenAsync();
        StringAssert.StartsWith(enrolment, "akd_enrol_");
        StringAssert.StartsWith(await console.Host.CreateAdminTokenAsync(), "akd_admin_");
        var answer = await console.Anonymous.PostAsJsonAsync("api/agent/enrol", new EnrolRequest(enrolment, "agent-1", "laptop", "linux"), WireJson.Default.EnrolRequest);
        StringAssert.StartsWith((await answer.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse))!.DeviceToken, "akd_device_");
    }

    [TestMethod]
    public async Task An_enrolment_token_works_once()
    {
        await using var console = await RunningConsole.StartAsync();
        var request = new EnrolRequest(await console.Host.CreateEnrolmentTokenAsync(), "agent-1", "laptop", "linux");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            console.Anonymous.PostAsJsonAsync("api/agent/enrol", request, WireJson.Default.EnrolRequest)));

        Assert.AreEqual(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.AreEqual(4, answers.Count(a => a.StatusCode == HttpStatusCode.Unauthorized));
    }

    [TestMethod]
    public async Task A_device_that_enrols_again_gets_a_new_token_and_the_old_one_ends()
    {
        await using var console = await RunningConsole.StartAsync();
        using var before = await console.DeviceAsync();
        using var after = await console.DeviceAsync();

        Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(before, "POST api/fetchAccountSettings"));
        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(after, "POST api/fetchAccountSettings"));
    }

    [TestMethod]
    public async Task An_enrolment_token_expires()
    {
        var clock = new AdjustableTime();
        await using var console = await RunningConsole.StartAsync(time: clock);
        var request = new EnrolRequest(await console.Host.CreateEnrolmentTokenAsync(), "agent-1", "laptop", "linux");

        clock.Advance(TimeSpan.FromHours(25));
        using var answer = await console.Anonymous.PostAsJsonAsync("api/agent/enrol", request, WireJson.Default.EnrolRequest);

        Assert.AreEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [TestMethod]
    public async Task A_sign_in_link_works_once_and_sets_a_strict_cookie()
    {
        await using var console = await RunningConsole.StartAsync();
        var link = await console.Host.CreateSignInLinkAsync();

        using var first = await console.Anonymous.GetAsync(link);
        using var second = await console.Anonymous.GetAsync(link);

        Assert.AreEqual("/account", first.Headers.Location!.OriginalString);
        var cookie = first.Headers.GetValues("set-cookie").Single();
        StringAssert.Contains(cookie, "samesite=strict");
        StringAssert.Contains(cookie, "httponly");
        Assert.AreEqual("/sign-in?error=link", second.Headers.Location!.OriginalString);
        Assert.IsFalse(second.Headers.Contains("set-cookie"));
    }

    [TestMethod]
    public async Task A_cookie_changes_things_only_from_our_own_pages()
    {
        await using var console = await RunningConsole.StartAsync();
        using var person = await SignInByLinkAsync(console);

        async Task<HttpStatusCode> PostFrom(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/admin/patterns")
            {
                Content = JsonContent.Create(new { pattern = ".example.com", mode = true }),
            };
            request.Headers.TryAddWithoutValidation("origin", origin);
            using var answer = await person.SendAsync(request);
            return answer.StatusCode;
        }

        Assert.AreEqual(HttpStatusCode.Forbidden, await PostFrom("https://evil.example"));
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostFrom("http://127.0.0.1:1"));
        Assert.AreEqual(HttpStatusCode.Forbidden, await PostFrom(null));
        Assert.AreEqual(HttpStatusCode.OK, await PostFrom(console.Host.Address.GetLeftPart(UriPartial.Authority)));
    }

    [TestMethod]
    public async Task A_person_sets_a_password_signs_in_and_is_locked_after_five_wrong_ones()
    {
        await using var console = await RunningConsole.StartAsync();
        using (var person = await SignInByLinkAsync(console))
        {
            using var short_ = await FormAsync(console, person, "account/password", ("name", "Alice"), ("password", "short"));
            StringAssert.StartsWith(short_.Headers.Location!.OriginalString, "/account?error=");
            using var set = await FormAsync(console, person, "account/password", ("name", "Alice"), ("password", "correct horse battery"));
            Assert.AreEqual("/", set.Headers.Location!.OriginalString);
        }

        async Task<string> SignIn(string password, string to = "")
        {
            using var answer = await FormAsync(console, console.Anonymous, "sign-in/password", ("name", "alice"), ("password", password), ("to", to));
            return answer.Headers.Location!.OriginalString;
        }

        Assert.AreEqual("/devices", await SignIn("correct horse battery", "/devices"));
        Assert.AreEqual("/", await SignIn("correct horse battery", "//evil.example"));
        for (var i = 0; i < 5; i++)
        {
            Assert.AreEqual("/sign-in?error=password", await SignIn("wrong"));
        }

        Assert.AreEqual("/sign-in?error=password", await SignIn("correct horse battery"));
    }

    [TestMethod]
    public async Task A_new_password_ends_what_was_signed_in_with_the_old_one()
    {
        await using var console = await RunningConsole.StartAsync();
        using var owner = await SignInByLinkAsync(console);
        (await FormAsync(console, owner, "account/password", ("name", "alice"), ("password", "correct horse battery"))).Dispose();
        using var first = await SignInByPasswordAsync(console, "correct horse battery");
        using var second = await SignInByPasswordAsync(console, "correct horse battery");

        using var changed = await FormAsync(console, first, "account/password", ("password", "staple battery horse"));
        using var renewed = WithCookieOf(console, changed);

        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(renewed, "GET devices"));
        Assert.AreEqual(HttpStatusCode.Redirect, await StatusAsync(first, "GET devices"));
        Assert.AreEqual(HttpStatusCode.Redirect, await StatusAsync(second, "GET devices"));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(second, "GET api/admin/calls"));
    }

    [TestMethod]
    public async Task Guessing_is_slowed_down()
    {
        await using var console = await RunningConsole.StartAsync();

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 25; i++)
        {
            using var answer = await FormAsync(console, console.Anonymous, "sign-in/password", ("name", "x"), ("password", "y"));
            statuses.Add(answer.StatusCode);
        }

        Assert.AreEqual(HttpStatusCode.TooManyRequests, statuses[^1]);
    }

    [TestMethod]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var console = await RunningConsole.StartAsync();

        using var page = await console.Anonymous.GetAsync("sign-in");

        var policy = string.Join(' ', page.Headers.GetValues("content-security-policy"));
        StringAssert.Matches(policy, new System.Text.RegularExpressions.Regex("script-src 'self' 'unsafe-hashes' 'sha256-[A-Za-z0-9+/=]{44}';"), "scripts of ours, and one handler by its text");
        StringAssert.Contains(policy, "frame-ancestors 'none'");
        Assert.AreEqual("nosniff", page.Headers.GetValues("x-content-type-options").Single());
    }

    private static async Task<HttpClient> SignInByLinkAsync(RunningConsole console)
    {
        using var answer = await console.Anonymous.GetAsync(await console.Host.CreateSignInLinkAsync());
        return WithCookieOf(console, answer);
    }

    private static async Task<HttpClient> SignInByPasswordAsync(RunningConsole console, string password)
    {
        using var answer = await FormAsync(console, console.Anonymous, "sign-in/password", ("name", "alice"), ("password", password));
        return WithCookieOf(console, answer);
    }

    private static HttpClient WithCookieOf(RunningConsole console, HttpResponseMessage answer)
    {
        var client = console.Client();
        client.DefaultRequestHeaders.Add("cookie", answer.Headers.GetValues("set-cookie").Single().Split(';')[0]);
        return client;
    }

    private static async Task<HttpResponseMessage> FormAsync(RunningConsole console, HttpClient client, string path, params (string, string)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2))),
        };
        request.Headers.Add("origin", console.Host.Address.GetLeftPart(UriPartial.Authority));
        return await client.SendAsync(request);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        var (method, target) = (path.Split(' ')[0], path.Split(' ')[1]);
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (method == "POST")
        {
            request.Content = JsonContent.Create(new { });
        }

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
