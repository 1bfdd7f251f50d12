using System.Security.Cryptography;
using System.Text;

namespace AktoDivert.Capture;

/// <summary>Who this device is to the console.</summary>
/// <param name="Id">Persistent agent id: 32 hexadecimal digits that no other device has.</param>
/// <param name="Label">
/// The device label. The heartbeat's name, the first label of every record's host and <c>akto_vxlan_id</c> must be the same bytes,
/// because policies match devices by them, case-sensitively.
/// </param>
/// <param name="UserName">Login name sent when a process's own user is unknown.</param>
/// <param name="Os"><c>linux</c> or <c>windows</c>.</param>
public sealed record DeviceIdentity(string Id, string Label, string UserName, string Os)
{
    /// <summary>
    /// The identity of a machine: the label is the host name with everything but letters and digits as <c>-</c>, then <c>-</c> and
    /// eight hexadecimal digits that tell machines of one name apart, in lower case.
    /// </summary>
    /// <param name="hostName">Host name.</param>
    /// <param name="machineId">Stable secret of the machine, for example the content of /etc/machine-id; only its hash leaves the
    /// machine.</param>
    /// <param name="userName">Login name for records without one.</param>
    /// <param name="labelOverride">A label set by an administrator; null or empty to compute it.</param>
    public static DeviceIdentity Create(string hostName, string machineId, string userName, string? labelOverride = null)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(machineId.Trim())));
        var label = string.IsNullOrWhiteSpace(labelOverride) ? $"{hostName}-{hash[..8]}" : labelOverride.Trim();
        return new DeviceIdentity(hash[..32], Dashed(label), userName, OperatingSystem.IsWindows() ? "windows" : "linux");
    }

    /// <summary>Lower case, and everything but ASCII letters and digits as <c>-</c>: Akto's normal form of a host label.</summary>
    public static string Dashed(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(source[i]) ? char.ToLowerInvariant(source[i]) : '-';
            }
        });
}
