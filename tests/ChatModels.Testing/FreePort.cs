using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ChatModels.Testing;

/// <summary>Ports for processes that are told theirs before they start.</summary>
/// <remarks>From below those that Linux, Windows and macOS give to whoever asks for any, and to every outgoing connection: one of these would often be somebody else's before its taker has bound it.</remarks>
public static class FreePort
{
    private const int First = 20_000;
    private const int End = 32_768;

    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Next()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            // At random: test processes that run side by side do not look where the others do.
            var port = Random.Shared.Next(First, End);
            if (Taken.TryAdd(port, true) && IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No TCP port from {First} to {End - 1} is free on 127.0.0.1.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
