using System.Net;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.SignIn;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Signing in with an identity provider, from the link to the page.</summary>
[TestClass]
public sealed class OidcTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Whom_the_provider_gives_a_role_is_signed_in_and_only_once_with_a_code()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var console = await StartAsync(provider);
        provider.Claims["roles"] = new[] { "staff", "analyst" };
        using var browser = Browser(console);

        var (answer, back) = await SignInAsync(browser, "/devices");

        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(TestContext.CancellationToken), "url=/devices");
        using var page = await browser.GetAsync("devices", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, page.StatusCode);
        using var refused = await browser.PostAsync("api/admin/patterns", null, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.Forbidden, refused.StatusCode, "an analyst changes no pattern");
        var person = (await People(console).ListAsync(TestContext.CancellationToken)).Single();
        Assert.AreEqual(("carol", "analyst"), (person.Name, person.Role));
        using var again = await browser.GetAsync(back, TestContext.CancellationToken);
        Assert.AreEqual("/sign-in?error=provider", again.Headers.Location!.OriginalString);
    }

    [TestMethod]
    public async Task Whom_nobody_gave_a_role_is_kept_out_until_an_administrator_gives_one()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var console = await StartAsync(provider);
        using var browser = Browser(console);

        Assert.AreEqual("/sign-in?error=role", (await SignInAsync(browser)).Answer.Headers.Location!.OriginalString);
        Assert.IsNull(await People(console).SetAccessAsync("carol", Roles.Viewer, disabled: false, Actor.Console, TestContext.CancellationToken));
        Assert.AreEqual(HttpStatusCode.OK, (await SignInAsync(browser)).Answer.StatusCode);
        Assert.IsNull(await People(console).SetAccessAsync("carol", Roles.Viewer, disabled: true, Actor.Console, TestContext.CancellationToken));
        Assert.AreEqual("/sign-in?error=role", (await SignInAsync(browser)).Answer.Headers.Location!.OriginalString);
        using var page = await browser.GetAsync("devices", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.Redirect, page.StatusCode, "the cookie from before is void");
    }

    [TestMethod]
    public async Task A_name_that_belongs_to_an_account_with_a_password_is_not_taken_over()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var console = await StartAsync(provider);
        provider.Claims["roles"] = "admin";
        await People(console).AddAsync("carol", Roles.Viewer, "correct horse battery", Actor.Console, TestContext.CancellationToken);
        using var browser = Browser(console);

        Assert.AreEqual("/sign-in?error=taken", (await SignInAsync(browser)).Answer.Headers.Location!.OriginalString);
    }

    [TestMethod]
    [DataRow("nonce")]
    [DataRow("aud")]
    [DataRow("iss")]
    [DataRow("exp")]
    public async Task A_token_that_was_made_for_something_else_is_refused(string claim)
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var console = await StartAsync(provider);
        provider.Claims["roles"] = "admin";
        provider.Spoil = claims => claims[claim] = claim == "exp" ? 1_000_000_000L : "something else";
        using var browser = Browser(console);

        Assert.AreEqual("/sign-in?error=provider", (await SignInAsync(browser)).Answer.Headers.Location!.OriginalString);
        Assert.AreEqual(0, (await People(console).ListAsync(TestContext.CancellationToken)).Count);
    }

    [TestMethod]
    public async Task A_provider_that_changed_its_key_is_asked_for_the_new_one()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var console = await StartAsync(provider);
        provider.Claims["roles"] = "admin";
        using var browser = Browser(console);
        Assert.AreEqual(HttpStatusCode.OK, (await SignInAsync(browser)).Answer.StatusCode);

        provider.ChangeKey();

        Assert.AreEqual(HttpStatusCode.OK, (await SignInAsync(browser)).Answer.StatusCode);
    }

    [TestMethod]
    public async Task An_answer_to_another_browsers_attempt_is_refused()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var console = await StartAsync(provider);
        provider.Claims["roles"] = "admin";
        using var victim = Browser(console);
        using var attacker = Browser(console);

        using var theirs = await attacker.GetAsync("sign-in/oidc", TestContext.CancellationToken);
        using var granted = await attacker.GetAsync(theirs.Headers.Location, TestContext.CancellationToken);
        using var begun = await victim.GetAsync("sign-in/oidc", TestContext.CancellationToken);
        using var answer = await victim.GetAsync(granted.Headers.Location, TestContext.CancellationToken);

        Assert.AreEqual("/sign-in?error=provider", answer.Headers.Location!.OriginalString);
    }

    private async Task<(HttpResponseMessage Answer, Uri Back)> SignInAsync(HttpClient browser, string to = "/")
    {
        using var begun = await browser.GetAsync($"sign-in/oidc?to={to}", TestContext.CancellationToken);
        using var granted = await browser.GetAsync(begun.Headers.Location, TestContext.CancellationToken);
        return (await browser.GetAsync(granted.Headers.Location, TestContext.CancellationToken), granted.Headers.Location!);
    }

    private static People People(RunningConsole console) => console.Host.Services.GetRequiredService<People>();

    private static HttpClient Browser(RunningConsole console) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = console.Host.Address };

    private static Task<RunningConsole> StartAsync(IdentityProvider provider) => RunningConsole.StartAsync(o => o with
    {
        Oidc = new OidcOptions { Authority = new Uri(provider.Issuer), ClientId = IdentityProvider.ClientId, ClientSecret = IdentityProvider.ClientSecret },
    });
}
