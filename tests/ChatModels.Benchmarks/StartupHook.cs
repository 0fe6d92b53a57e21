using System.Net;
using System.Net.Sockets;
using System.Text;

/// <summary>Runs inside a measured .NET process before its Main, and tells whoever connects how many bytes it has allocated. The runtime asks for this very name.</summary>
internal static class StartupHook
{
    public const string PortVariable = "CHATMODELS_BENCH_PROBE_PORT";

    public static void Initialize()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(PortVariable), out var port))
        {
            new Thread(() => Serve(port)) { IsBackground = true, Name = "allocation probe" }.Start();
        }
    }

    private static void Serve(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (true)
        {
            using var asker = listener.AcceptSocket();
            asker.Send(Encoding.ASCII.GetBytes($"{GC.GetTotalAllocatedBytes(precise: true)}\n"));
        }
    }
}
