using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ChatModels.Testing;

public static class FreePort
{
    // The system may offer a port again before its first taker has bound it; within one test process that must not happen.
    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Next()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = AskTheSystem();
            if (Taken.TryAdd(port, true))
            {
                return port;
            }
        }

        throw new InvalidOperationException("The system offered no TCP port on 127.0.0.1 that this process had not used yet.");
    }

    private static int AskTheSystem()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
