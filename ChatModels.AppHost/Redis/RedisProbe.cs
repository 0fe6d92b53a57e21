using System.Net.Sockets;
using System.Text;

namespace ChatModels.AppHost.Redis;

/// <summary>Asks whether a Redis answers, without a client library: the AppHost has no other use for one.</summary>
internal static class RedisProbe
{
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);

    public static string NoAnswer(string endpoint) => $"No Redis answers at {endpoint}: start it, or leave out --redis to have one started.";

    /// <summary>Answers PING; asking for a password is an answer, still loading its data is not.</summary>
    public static async Task<bool> AnswersAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(OneTry);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, deadline.Token);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), deadline.Token);
            var reply = new byte[64];
            var length = await stream.ReadAsync(reply, deadline.Token);
            var text = Encoding.ASCII.GetString(reply, 0, length);
            return text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
