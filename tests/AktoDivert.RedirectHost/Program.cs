using System.Globalization;
using System.Net;
using AktoDivert.RedirectHost;

// A redirect engine with the smallest listener there is, as a process of its own: the system tests run it inside a network
// namespace, stop it, kill it and take its capabilities away. Commands come on the standard input, answers go to the standard output.
if (args is ["serve", ..])
{
    await EchoServer.RunAsync();
    return 0;
}

if (args is ["transfer", var address, var port, var megabytes, var connections, .. var options])
{
    return await Transfer.RunAsync(
        new IPEndPoint(IPAddress.Parse(address), int.Parse(port, CultureInfo.InvariantCulture)), int.Parse(megabytes, CultureInfo.InvariantCulture),
        int.Parse(connections, CultureInfo.InvariantCulture), options);
}

if (args is ["hello", var server, var first, .. var how])
{
    return await Hello.RunAsync(IPEndPoint.Parse(server), first, how);
}

if (args is ["bytes", var to])
{
    return await FirstBytes.RunAsync(IPEndPoint.Parse(to));
}

await using var host = new Host(args);
await host.RunAsync();
return 0;
