using AktoDivert.Console.SignIn;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

[TestClass]
public sealed class SecondFactorTests
{
    private const string Password = "correct horse battery";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Once_set_up_each_sign_in_needs_a_new_code()
    {
        var clock = new AdjustableTime();
        await using var console = await RunningConsole.StartAsync(time: clock);
        var (people, factor) = (console.Host.Services.GetRequiredService<People>(), console.Host.Services.GetRequiredService<SecondFactor>());
        var by = new Actor("alice", Roles.Admin);
        await people.AddAsync("alice", Roles.Admin, Password, Actor.Console, TestContext.CancellationToken);
        async Task<bool> SignsIn(string code) => await people.CheckAsync("alice", Password, code, TestContext.CancellationToken) is not null;

        var (seed, address) = (await factor.BeginAsync("alice", TestContext.CancellationToken))!.Value;
        StringAssert.Contains(address, $"secret={seed}&issuer=AktoDivert");
        Assert.IsTrue(await SignsIn(""), "not in force before a first code");
        Assert.IsFalse(await factor.ConfirmAsync("alice", "000000x", by, TestContext.CancellationToken));
        Assert.IsTrue(await factor.ConfirmAsync("alice", Code(seed, clock), by, TestContext.CancellationToken));

        Assert.IsFalse(await SignsIn(""));
        Assert.IsFalse(await SignsIn(Code(seed, clock)), "the code that set it up is used up");
        clock.Advance(TimeSpan.FromSeconds(30));
        var code = Code(seed, clock);
        Assert.IsTrue(await SignsIn(code));
        Assert.IsFalse(await SignsIn(code), "a code works once");
        Assert.IsNull(await factor.BeginAsync("alice", TestContext.CancellationToken), "nobody at an open page replaces it");
        Assert.IsTrue(await factor.RemoveAsync("alice", by, TestContext.CancellationToken));
        Assert.IsTrue(await SignsIn(""));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_code_that_is_used_many_times_at_once_works_once(bool onPostgres)
    {
        var clock = new AdjustableTime();
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync(time: clock) : await RunningConsole.StartAsync(time: clock);
        var (people, factor) = (console.Host.Services.GetRequiredService<People>(), console.Host.Services.GetRequiredService<SecondFactor>());
        await people.AddAsync("alice", Roles.Admin, Password, Actor.Console, TestContext.CancellationToken);
        var (seed, _) = (await factor.BeginAsync("alice", TestContext.CancellationToken))!.Value;
        Assert.IsTrue(await factor.ConfirmAsync("alice", Code(seed, clock), Actor.Console, TestContext.CancellationToken));
        clock.Advance(TimeSpan.FromSeconds(30));
        var code = Code(seed, clock);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => people.CheckAsync("alice", Password, code, TestContext.CancellationToken)));

        Assert.AreEqual(1, answers.Count(a => a is not null));
    }

    private static string Code(string seed, TimeProvider clock)
    {
        var bits = string.Concat(seed.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var bytes = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        return Totp.Code(bytes, clock.GetUtcNow().ToUnixTimeSeconds() / 30);
    }
}
