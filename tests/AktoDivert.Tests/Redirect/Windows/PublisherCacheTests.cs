using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
public sealed class PublisherCacheTests
{
    [TestMethod]
    public void The_first_question_starts_the_check_and_later_ones_know()
    {
        var file = Path.GetTempFileName();

        // Not disposed: the check of the updated file may still be on its way when the test ends.
        var mayEnd = new ManualResetEventSlim();
        var checks = 0;
        var cache = new PublisherCache(path =>
        {
            Interlocked.Increment(ref checks);
            mayEnd.Wait();
            return "Signer of " + Path.GetFileName(path);
        });

        Assert.AreEqual("", cache.Find(file));
        Assert.AreEqual("", cache.Find(file));
        mayEnd.Set();
        Assert.IsTrue(SpinWait.SpinUntil(() => cache.Find(file).Length > 0, TimeSpan.FromSeconds(30)));
        Assert.AreEqual("Signer of " + Path.GetFileName(file), cache.Find(file));
        Assert.AreEqual(1, checks);

        // Another content under the same name is another file.
        File.WriteAllText(file, "updated");
        Assert.AreEqual("", cache.Find(file));
        Assert.AreEqual("", cache.Find(file + ".gone"));
        Assert.AreEqual("", cache.Find(""));
        File.Delete(file);
    }
}
