using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class FleetTests
{
    [TestMethod]
    public void A_token_file_is_read_again_when_it_changes()
    {
        var path = Path.GetTempFileName();
        try
        {
            var source = new TokenSource(path, "from-environment");
            Assert.AreEqual("from-environment", source.Read());
            File.WriteAllText(path, " one\n");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(40));
            Assert.AreEqual("one", source.Read());
            File.WriteAllText(path, "two");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(41));
            Assert.AreEqual("two", source.Read());
        }
        finally
        {
            File.Delete(path);
        }

        Assert.IsNull(new TokenSource(null, " ").Read());
    }

    [TestMethod]
    public void A_device_label_is_Aktos()
    {
        var device = DeviceIdentity.Create("Rahul's MacBook_Pro (2)", "0123456789abcdef", "r");
        StringAssert.Matches(device.Label, new System.Text.RegularExpressions.Regex("^rahul-s-macbook-pro--2--[0-9a-f]{8}$"));
        Assert.AreEqual("my-device", DeviceIdentity.Create("h", "m", "r", " My_Device ").Label);
        Assert.AreEqual(32, device.Id.Length);
    }
}
