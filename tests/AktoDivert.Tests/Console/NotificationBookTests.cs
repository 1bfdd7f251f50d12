using AktoDivert.Console.Notifications;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class NotificationBookTests
{
    private static readonly NotificationTargetRow Target = new() { Id = "t", Name = "t", Address = "", GroupSeconds = 60, MostPerHour = 2 };

    [TestMethod]
    public void Alike_violations_are_gathered_and_the_rate_holds()
    {
        var book = new NotificationBook();
        foreach (var entity in new[] { "iban", "iban", "email", "phone" })
        {
            book.Add(Violation(entity, entity == "phone" ? FindingSeverity.Critical : FindingSeverity.Low), Target, 0);
        }

        Assert.AreEqual(0, book.Take(Target, 59_999).Count);
        var taken = book.Take(Target, 60_000);
        CollectionAssert.AreEqual(new[] { ("phone", 1), ("iban", 2) }, taken.Select(g => (g.First.Entity, g.Count)).ToArray(), "the worst first, within the rate");
        Assert.AreEqual(1, book.TakeHeld());
        Assert.AreEqual(0, book.TakeHeld());

        book.Add(Violation("iban", FindingSeverity.Low), Target, 60_000);
        Assert.AreEqual(0, book.Take(Target, 3_600_000).Count, "the hour is not over");
        book.Add(Violation("iban", FindingSeverity.Low), Target, 3_600_000);
        Assert.AreEqual(1, book.Take(Target, 3_660_000).Count);
    }

    private static ViolationRow Violation(string entity, FindingSeverity severity) =>
        new() { DeviceId = "d", Id = "i", CallId = "c", Entity = entity, Severity = severity, Policy = "p" };
}
