using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AktoDivert.Agent.Hosting;
using AktoDivert.Proxy;
using AktoDivert.Redirect;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Tests.Agent;

/// <summary>Ids are what people filter the event log by.</summary>
[TestClass]
public sealed partial class EventIdTests
{
    private static readonly LoggerMessageAttribute[] Messages =
    [
        .. new[] { typeof(AgentHost), typeof(TransparentProxy), typeof(RedirectorFactory), typeof(AktoDivert.Capture.CaptureWorker) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>(),
    ];

    [TestMethod]
    public void Each_message_has_an_id_of_its_own()
    {
        Assert.IsGreaterThan(20, Messages.Length);
        var shared = Messages.GroupBy(message => message.EventId).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(" / ", group.Select(m => m.Message))}");
        Assert.AreEqual("", string.Join('\n', shared));
    }

    [TestMethod]
    public void Ids_lie_in_the_range_of_their_part() =>
        Assert.IsTrue(Messages.All(message => message.EventId is >= 1000 and < 5000));

    [TestMethod]
    public void Documented_ids_exist()
    {
        var section = File.ReadAllText(Path.Combine(Repository.Root, "docs", "windows.md")).Split("## Event log")[1];
        var ids = Id().Matches(section).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.IsGreaterThan(5, ids.Length);
        const int WrittenWithoutLogger = 4103;
        foreach (var id in ids.Where(id => id != WrittenWithoutLogger))
        {
            Assert.IsTrue(Messages.Any(message => message.EventId == id), $"no message has the id {id}");
        }
    }

    [GeneratedRegex(@"\b[1-4]\d{3}\b")]
    private static partial Regex Id();
}
