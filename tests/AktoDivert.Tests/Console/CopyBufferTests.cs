using AktoDivert.Console.Storage;

namespace AktoDivert.Tests.Console;

/// <summary>The bytes that PostgreSQL's reference of COPY describes.</summary>
[TestClass]
public sealed class CopyBufferTests
{
    private const string Header = "5047434F50590AFF0D0A00" + "00000000" + "00000000";
    private const string End = "FFFF";

    [TestMethod]
    public async Task Columns_of_every_type_have_their_length_and_big_endian_value()
    {
        var made = await MadeAsync(rows =>
        {
            rows.Add("aé");
            rows.Add([1, 2]);
            rows.Add(-2);
            rows.Add(0x0102030405060708);
            rows.Add(1.5);
        }, 5);

        Assert.AreEqual(
            Header + "0005" + "00000003" + "61C3A9" + "00000002" + "0102" + "00000004" + "FFFFFFFE" + "00000008" + "0102030405060708" + "00000008" + "3FF8000000000000" + End, made);
    }

    [TestMethod]
    public async Task What_is_absent_is_null_and_what_is_empty_is_not()
    {
        var made = await MadeAsync(rows =>
        {
            rows.Add((string?)null);
            rows.Add("");
            rows.Add((byte[]?)null);
            rows.Add([]);
            rows.Add((long?)null);
            rows.Add((double?)null);
        }, 6);

        Assert.AreEqual(Header + "0006" + "FFFFFFFF" + "00000000" + "FFFFFFFF" + "00000000" + "FFFFFFFF" + "FFFFFFFF" + End, made);
    }

    [TestMethod]
    public async Task Many_rows_are_sent_in_pieces_and_none_is_lost()
    {
        using var sent = new MemoryStream();
        var rows = new CopyBuffer(sent);
        rows.Begin();
        for (var i = 0; i < 100; i++)
        {
            rows.BeginRow(1);
            rows.Add(new string('x', 10_000));
            await rows.EndRowAsync(CancellationToken.None);
        }

        Assert.IsGreaterThan(0, sent.Length, "something was sent before the end");
        await rows.EndAsync(CancellationToken.None);

        Assert.AreEqual(((Header.Length + End.Length) / 2) + (100 * (2 + 4 + 10_000)), sent.Length);
    }

    private static async Task<string> MadeAsync(Action<CopyBuffer> add, int columns)
    {
        using var sent = new MemoryStream();
        var rows = new CopyBuffer(sent);
        rows.Begin();
        rows.BeginRow(columns);
        add(rows);
        await rows.EndRowAsync(CancellationToken.None);
        await rows.EndAsync(CancellationToken.None);
        return Convert.ToHexString(sent.ToArray());
    }
}
