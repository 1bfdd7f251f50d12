using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Detectors.Secrets;

namespace AktoDivert.Tests.Guardrails.Detectors.Secrets;

[TestClass]
public sealed class SecretDetectorTests
{
    private static readonly SecretDetector Detector = new(0.5);

    [TestMethod]
    [DataRow("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [DataRow("AKIAIOSFODNN7EXAMPLE")]
    [DataRow("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")]
    [DataRow("sk-your-api-key-here and OPENAI_API_KEY=sk-...")]
    [DataRow("sk_" + "test_4eC39HqLyjWDarjtT1zdp7dc")]
    [DataRow("password = os.environ[\"DB_PASSWORD\"]")]
    [DataRow("password: ${DB_PASSWORD}")]
    [DataRow("const token = process.env.GITHUB_TOKEN;")]
    [DataRow("token = getAccessToken(user)")]
    [DataRow("\"password\": \"changeme\"")]
    [DataRow("the password is required and must be 8 characters")]
    [DataRow("max_tokens: 4096, token_type: Bearer")]
    [DataRow("commit <a-f0-9:40>")]
    [DataRow("sha256:<a-f0-9:64>")]
    [DataRow("\"integrity\": \"sha512-<A-Za-z0-9+/:86>==\"")]
    [DataRow("resolved \"https://host.test/lodash-4.17.21.tgz#<a-f0-9:40>\"")]
    [DataRow("request_id=3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
    [DataRow("version = \"3fa85f64-5717-4562-b3fc-2c963f66afa6\"")]
    [DataRow("data:image/png;base64,iVBORw0KGgo<A-Za-z0-9+/:4000>")]
    [DataRow("url(data:font/woff2;base64,d09GMgABAAAAA<A-Za-z0-9+/:3000>)")]
    [DataRow("!function(e,t){\"use strict\";var n=e.document,r=Object.getPrototypeOf;b.token=c.getToken(d)}(window,jQuery331);")]
    [DataRow("https://cdn.test/assets/main.<a-f0-9:20>.js")]
    [DataRow("postgres://user:password@localhost:5432/db")]
    [DataRow("mongodb://<user>:<password>@host")]
    [DataRow("-----BEGIN CERTIFICATE-----\n<A-Za-z0-9+/:400>\n-----END CERTIFICATE-----")]
    [DataRow("-----BEGIN PUBLIC KEY-----\n<A-Za-z0-9+/:120>\n-----END PUBLIC KEY-----")]
    [DataRow("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")]
    [DataRow("ssh-rsa AAAAB3NzaC1yc2E<A-Za-z0-9+/:340> me@host")]
    [DataRow("password_hash = \"$2b$12$<A-Za-z0-9:53>\"")]
    [DataRow("csrf_token = \"<A-Za-z0-9:32>\"")]
    [DataRow("\"trace_id\": \"<a-f0-9:32>\"")]
    [DataRow("datadog commit hash: <a-f0-9:40>")]
    [DataRow("secretName: my-app-secret-v2")]
    [DataRow("PASSWORD_RESET_TIMEOUT_DAYS=3")]
    [DataRow("token = tokenizer.from_pretrained(\"bert-base-uncased\")")]
    [DataRow("secret_key: \"{{ vault_secret_key }}\"")]
    [DataRow("ref: refs/heads/feature/ABC-12345-add-token-refresh-2024")]
    public void Placeholders_hashes_and_code_are_no_secrets(string form)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var text = SecretText.Expand(form, seed, out _, out _);
            var found = new List<Detection>();
            Detector.Scan(text, found);
            Assert.IsEmpty(found, $"{string.Join(", ", found.Select(d => d.Rule))} in {text}");
        }
    }

    [TestMethod]
    [DataRow("password = \"Tr0ub4dor&3xyz\"", "assigned-password", 12, 14)]
    [DataRow("DB_PASSWORD=k9#mPq2$vL8w", "assigned-password", 12, 12)]
    [DataRow("my wifi password is Blu3Whale!92", "assigned-password", 20, 12)]
    [DataRow("postgres://svc:Zk83hsXq91@db.internal:5432/app", "url-password", 15, 10)]
    [DataRow("client_secret: q8Zt3LmV0xR7yB2nK5wE", "assigned-secret", 15, 20)]
    public void Passwords_and_secrets_without_a_form_are_found_by_what_names_them(string text, string rule, int offset, int length)
    {
        var found = new List<Detection>();
        Detector.Scan(text, found);
        Assert.AreEqual((rule, offset, length), found.Select(d => (d.Rule, d.Offset, d.Length)).Single());
    }

    [TestMethod]
    [DataRow("RSA PRIVATE KEY", "private-key")]
    [DataRow("OPENSSH PRIVATE KEY", "private-key")]
    [DataRow("PGP PRIVATE KEY BLOCK", "pgp-private-key")]
    public void A_private_key_is_found_from_its_first_to_its_last_hyphen(string label, string rule)
    {
        var key = SecretText.Expand($"-----BEGIN {label}-----\n<A-Za-z0-9+/:256>\n-----END {label}-----", 1, out _, out _);
        var found = new List<Detection>();
        Detector.Scan($"see {key} there", found);
        Assert.AreEqual((rule, 4, key.Length), found.Select(d => (d.Rule, d.Offset, d.Length)).Single());
    }

    [TestMethod]
    public void A_checksum_that_fits_makes_sure()
    {
        var body = new string([.. Enumerable.Range(0, 30).Select(i => "kQ7xZ2pR9w"[i % 10])]);
        var token = "ghp_" + body + Crc(body);
        Assert.IsTrue(TokenChecksum.IsBase62Crc32(token));
        Assert.IsFalse(TokenChecksum.IsBase62Crc32(token.Replace('k', 'j')));
        Assert.IsFalse(TokenChecksum.IsBase62Crc32("ghp_"));
    }

    [TestMethod]
    [DataRow("github-personal-access-token")]
    [DataRow("anthropic-api-key")]
    [DataRow("aws-access-key-id")]
    [DataRow("slack-bot-token")]
    [DataRow("stripe-secret-key")]
    [DataRow("jwt")]
    [DataRow("npm-access-token")]
    [DataRow("google-api-key")]
    public void A_token_in_a_stream_is_held_from_its_first_character_on(string rule)
    {
        var form = SecretText.Cases.Single(c => c.Rule == rule).Positive;
        for (var seed = 0; seed < 5; seed++)
        {
            var found = new List<Detection>();
            var text = SecretText.Expand(form, seed, out _, out _);
            var whole = "so " + text + " it is";
            Detector.Scan(whole, found);
            var token = found.Single();
            for (var arrived = token.Offset + 1; arrived <= token.End; arrived++)
            {
                Assert.IsLessThanOrEqualTo(token.Offset, Detector.HoldFrom(whole.AsSpan(0, arrived)), $"{arrived - token.Offset} characters of {rule}");
            }
        }
    }

    [TestMethod]
    public void A_key_block_in_a_stream_is_held_until_it_ends()
    {
        var key = SecretText.Expand("-----BEGIN PRIVATE KEY-----\n<A-Za-z0-9+/:200>\n-----END PRIVATE KEY-----", 1, out _, out _);
        for (var arrived = 1; arrived < key.Length; arrived++)
        {
            Assert.AreEqual(3, Detector.HoldFrom("so " + key[..arrived]));
        }

        Assert.AreEqual(key.Length + 4, Detector.HoldFrom("so " + key + "\n"));
    }

    [TestMethod]
    [DataRow("The quick brown fox ")]
    [DataRow("An answer in plain words, with a comma")]
    [DataRow("")]
    public void Prose_is_not_held(string text) => Assert.AreEqual(text.Length, Detector.HoldFrom(text));

    private static string Crc(string body)
    {
        const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var crc = uint.MaxValue;
        foreach (var c in body)
        {
            crc ^= c;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        crc = ~crc;
        var text = "";
        for (var i = 0; i < 6; i++, crc /= 62)
        {
            text = Base62[(int)(crc % 62)] + text;
        }

        return text;
    }
}
