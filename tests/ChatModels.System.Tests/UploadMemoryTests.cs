using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatModels.System.Tests.Faults;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests;

/// <summary>An upload goes to the store as it comes: however large it is, the Api holds only a little of it.</summary>
public sealed class UploadMemoryTests : IAsyncDisposable
{
    private const int Megabyte = 1024 * 1024;
    private const int Size = 100 * Megabyte;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "chatmodels-tests", Guid.NewGuid().ToString("N"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("directory")]
    [InlineData("redis")]
    public async Task AnUpload_IsNotHeldInMemory(string files)
    {
        Assert.SkipUnless(File.Exists("/proc/self/clear_refs"), "A process's peak of memory can only be read, and forgotten, in Linux's /proc.");
        await using var store = await RedisServer.StartAsync(cancellationToken: Cancelled);
        await using var api = await ApiReplica.StartAsync(
            store.ConnectionString, SharedStores.UniqueName(), Cancelled, files is "directory" ? new Dictionary<string, string> { ["ChatModels__Files__Directory"] = _directory } : null);
        using var client = new HttpClient { BaseAddress = api.Http.BaseAddress, Timeout = Patience };
        await UploadAsync(client, Size / 10); // The first one compiles code and grows buffers.
        var before = ForgetPeak(api.Process.Id);

        Assert.Equal(Size, await UploadAsync(client, Size));

        var grown = PeakOf(api.Process.Id) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{grown / Megabyte} MB more at the peak than before, while {Size / Megabyte} MB went to the {files}.");
        Assert.InRange(grown, 0, Size / 3);
    }

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }

        return ValueTask.CompletedTask;
    }

    private static async Task<long> UploadAsync(HttpClient client, int size)
    {
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new GeneratedContent(size), "file", "input.jsonl" } };
        using var response = await client.PostAsync("/v1/files", form, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("bytes").GetInt64();
    }

    // What is resident now becomes the peak.
    private static long ForgetPeak(int process)
    {
        File.WriteAllText($"/proc/{process}/clear_refs", "5");
        return PeakOf(process);
    }

    private static long PeakOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>So many bytes, made while they are sent.</summary>
    private sealed class GeneratedContent(int size) : HttpContent
    {
        private static readonly byte[] Block = [.. Enumerable.Repeat((byte)'x', 64 * 1024)];

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var left = size; left > 0; left -= Block.Length)
            {
                await stream.WriteAsync(Block.AsMemory(0, Math.Min(left, Block.Length)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = size;
            return true;
        }
    }
}
