using AktoDivert.Proxy.Intercept.Certificates.Trust;
using AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Trust.Windows;

[TestClass]
public sealed class MachineVariableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-variables-").FullName;
    private readonly FakeVariables _variables = new();

    public required TestContext TestContext { get; init; }

    private string Bundle => Path.Combine(_folder, "device-ca.pem");

    [TestMethod]
    public async Task Node_s_variable_is_set_once_and_outlives_generations()
    {
        var store = new NodeVariable(_folder, _variables);
        var (first, second) = (TestAnchor.Of(1), TestAnchor.Of(2));
        Assert.IsFalse(await store.ContainsAsync(first, TestContext.CancellationToken));
        await store.InstallAsync(first, TestContext.CancellationToken);
        await store.InstallAsync(second, TestContext.CancellationToken);
        Assert.AreEqual(Bundle, _variables.Get("NODE_EXTRA_CA_CERTS"));
        Assert.IsTrue(await store.ContainsAsync(first, TestContext.CancellationToken));
        Assert.IsTrue(await store.ContainsAsync(second, TestContext.CancellationToken));

        await store.RemoveAllButAsync(second, TestContext.CancellationToken);
        Assert.IsFalse(await store.ContainsAsync(first, TestContext.CancellationToken));
        Assert.IsTrue(await store.ContainsAsync(second, TestContext.CancellationToken));
        await store.RemoveAllButAsync(null, TestContext.CancellationToken);
        Assert.IsNull(_variables.Get("NODE_EXTRA_CA_CERTS"));
        Assert.IsFalse(File.Exists(Bundle));
    }

    [TestMethod]
    public async Task A_value_of_somebody_else_is_kept_and_its_file_must_hold_the_root()
    {
        var theirs = Path.Combine(_folder, "company.pem");
        _variables.Set("NODE_EXTRA_CA_CERTS", theirs);
        var store = new NodeVariable(_folder, _variables);
        var anchor = TestAnchor.Of(1);
        var refused = await Assert.ThrowsExactlyAsync<TrustStoreException>(() => store.InstallAsync(anchor, TestContext.CancellationToken));
        StringAssert.Contains(refused.Fix, theirs);
        Assert.AreEqual(theirs, _variables.Get("NODE_EXTRA_CA_CERTS"));

        await File.WriteAllTextAsync(theirs, anchor.Pem, TestContext.CancellationToken);
        await store.InstallAsync(anchor, TestContext.CancellationToken);
        Assert.AreEqual(theirs, _variables.Get("NODE_EXTRA_CA_CERTS"));
        await Assert.ThrowsExactlyAsync<TrustStoreException>(() => store.RemoveAllButAsync(null, TestContext.CancellationToken));
        Assert.AreEqual(theirs, _variables.Get("NODE_EXTRA_CA_CERTS"));
    }

    [TestMethod]
    public async Task A_variable_that_replaces_the_roots_must_name_a_file_with_ours()
    {
        var store = new ReplacingMachineVariables(_variables);
        Assert.IsFalse(store.IsPresent);
        var theirs = Path.Combine(_folder, "all-roots.pem");
        _variables.Set("SSL_CERT_FILE", theirs);
        Assert.IsTrue(store.IsPresent);
        var hidden = await Assert.ThrowsExactlyAsync<TrustStoreException>(() => store.ContainsAsync(TestAnchor.Of(1), TestContext.CancellationToken));
        StringAssert.Contains(hidden.Message, "SSL_CERT_FILE");
        var anchor = TestAnchor.Of(1);
        await File.WriteAllTextAsync(theirs, anchor.Pem, TestContext.CancellationToken);
        Assert.IsTrue(await store.ContainsAsync(anchor, TestContext.CancellationToken));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Stands for the registry of Windows, which cannot exist here.</summary>
    private sealed class FakeVariables : IMachineVariables
    {
        private readonly Dictionary<string, string> _values = [];

        public string? Get(string name) => _values.GetValueOrDefault(name);

        public void Set(string name, string? value)
        {
            _values.Remove(name);
            if (value is not null)
            {
                _values[name] = value;
            }
        }
    }
}
