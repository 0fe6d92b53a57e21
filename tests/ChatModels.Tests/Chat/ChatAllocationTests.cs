using System.Text;
using ChatModels.Registry;
using ChatModels.Tests.Providers;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>What the chat path itself costs, over a provider within the process whose answer is there at once.</summary>
[Collection(typeof(MeasuredAlone))]
public sealed class ChatAllocationTests
{
    [Theory]
    [InlineData(false, 2_400)]
    [InlineData(true, 3_048)]
    public async Task ARequestToOneHealthyDeployment_AllocatesNoMoreThanItDidWithoutRouting(bool stream, long most)
    {
        await using var host = await ChatHost.StartAsync();
        Assert.Null((await host.Registry.PutProviderAsync("sim", new ProviderConfig { Type = "simulator" }, Precondition.None, "test", CancellationToken.None)).Failure);
        await host.AddModelAsync("m", "sim");
        var body = Encoding.UTF8.GetBytes(ChatHost.Ask("m", stream));
        await AllocatedAsync(host, body, 2_000);

        var least = long.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            least = Math.Min(least, await AllocatedAsync(host, body, 500));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{least} B a request");
#if DEBUG
        most += 2_500; // Unoptimised, every async method has an object of its own.
#endif
        Assert.InRange(least, 1, most);
    }

    private static async Task<long> AllocatedAsync(ChatHost host, byte[] body, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
        {
            await using var reply = await host.Pipeline.SendAsync(body, CancellationToken.None);
            while (await reply.ReadAsync(CancellationToken.None) is { IsEmpty: false })
            {
            }
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / count;
    }
}
