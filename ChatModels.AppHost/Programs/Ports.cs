using System.Net;
using System.Net.Sockets;

namespace ChatModels.AppHost.Programs;

/// <summary>Ports of this machine's loopback, IPv4 and IPv6: `localhost` is both.</summary>
internal static class Ports
{
    /// <summary>What helps where the Api's port is in use.</summary>
    public const string Cure = "stop what listens there, or choose another port with --port N";

    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && CanListen(IPAddress.IPv6Loopback, port);

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException problem)
        {
            // A machine without IPv6 has nothing that could be in the way there.
            return problem.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
