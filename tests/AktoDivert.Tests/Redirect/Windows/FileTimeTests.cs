using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
public sealed class FileTimeTests
{
    [TestMethod]
    public void A_file_time_is_a_time()
    {
        var time = new DateTimeOffset(2026, 11, 26, 5, 0, 0, TimeSpan.Zero);
        Assert.AreEqual(time, FileTime.ToTime(time.ToFileTime()));
        Assert.AreEqual(9999, FileTime.ToTime(2_650_467_743_999_999_999).Year);
    }

    [TestMethod]
    [DataRow(-1L)]
    [DataRow(long.MinValue)]
    [DataRow(long.MaxValue)]
    [DataRow(2_650_467_744_000_000_000)]
    public void What_is_none_does_not_throw(long number) => Assert.AreEqual(DateTimeOffset.MinValue, FileTime.ToTime(number));
}
