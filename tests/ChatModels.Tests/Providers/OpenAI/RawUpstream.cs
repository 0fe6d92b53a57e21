using System.Net;
using System.Net.Sockets;

namespace ChatModels.Tests.Providers.OpenAI;

/// <summary>A server of one connection that answers every request with the same bytes and allocates nothing meanwhile, so that what is allocated is the client's.</summary>
internal sealed class RawUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RawUpstream(int requestBodyLength, byte[] answer)
    {
        _listener.Start();
        new Thread(() => Serve(requestBodyLength, answer)) { IsBackground = true }.Start();
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    public void Dispose() => _listener.Dispose();

    private void Serve(int bodyLength, byte[] answer)
    {
        try
        {
            using var socket = _listener.AcceptSocket();
            socket.NoDelay = true;
            var buffer = new byte[65_536];
            var filled = 0;
            while (true)
            {
                var read = socket.Receive(buffer.AsSpan(filled));
                if (read == 0)
                {
                    return;
                }

                filled += read;
                var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                if (end >= 0 && filled >= end + 4 + bodyLength)
                {
                    socket.Send(answer);
                    filled = 0;
                }
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }
}
