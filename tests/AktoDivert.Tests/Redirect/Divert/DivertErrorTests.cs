using AktoDivert.Redirect.Divert;

namespace AktoDivert.Tests.Redirect.Divert;

/// <summary>Each error the driver is known to return says what it means and what to do.</summary>
[TestClass]
public sealed class DivertErrorTests
{
    [TestMethod]
    public void Each_named_error_has_a_sentence_of_its_own_and_a_fix_or_needs_none()
    {
        var named = typeof(DivertError).GetFields().Where(f => f.IsStatic).Select(f => (DivertError)f.GetValue(null)!).ToArray();
        Assert.HasCount(21, named);
        var unknown = new DivertError(4711);
        foreach (var error in named.Where(e => !e.Succeeded))
        {
            Assert.DoesNotContain("Windows error", error.Reason);
            Assert.AreNotEqual(unknown.Fix, error.Fix);
            Assert.IsFalse(error.IsFatal && error.IsDriverGone);
        }

        StringAssert.Contains(unknown.ToString(), "4711", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(433, true, false)]
    [DataRow(995, true, false)]
    [DataRow(1058, true, false)]
    [DataRow(232, false, false)]
    [DataRow(1232, false, false)]
    [DataRow(5, false, true)]
    [DataRow(577, false, true)]
    [DataRow(654, false, true)]
    [DataRow(1275, false, true)]
    public void Errors_are_told_apart_by_what_to_do(int code, bool gone, bool fatal)
    {
        Assert.AreEqual(gone, new DivertError(code).IsDriverGone);
        Assert.AreEqual(fatal, new DivertError(code).IsFatal);
    }
}
