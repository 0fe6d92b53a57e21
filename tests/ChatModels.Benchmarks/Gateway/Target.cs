using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>Something that requests are sent to, and its process.</summary>
internal sealed class Target(string name, int port, TestProcess process, int? probe = null) : IAsyncDisposable
{
    private static readonly double TicksPerSecond = 100; // USER_HZ, which Linux has fixed at 100 for what it shows

    public string Name { get; } = name;

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public TestProcess Process => process;

    /// <summary>Processor time used so far by the process and its children, in seconds.</summary>
    public double CpuSeconds() => process.AliveIds.Sum(CpuSeconds);

    /// <summary>Memory that the process and its children hold now, in bytes.</summary>
    public long ResidentBytes() => process.AliveIds.Sum(id => Status(id, "VmRSS:") * 1024);

    /// <summary>Bytes allocated by a .NET process so far; null for any other.</summary>
    public async Task<long?> AllocatedAsync()
    {
        if (probe is not { } at)
        {
            return null;
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, at);
        using var reader = new StreamReader(client.GetStream());
        return long.Parse((await reader.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static double CpuSeconds(int id)
    {
        try
        {
            // The name, in brackets, may hold spaces; user and system time are the 12th and 13th field behind it.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
        catch (IOException)
        {
            return 0; // ended in between
        }
    }

    private static long Status(int id, string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
