using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Tests.Providers;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>Reading a request costs the same memory, however much is in its messages.</summary>
[Collection(typeof(MeasuredAlone))]
public sealed class ChatRequestReaderCostTests
{
    private const string Hi = """{"role":"user","content":"Hi"}""";
    private const string Parts = """{"role":"user","content":[{"type":"text","text":"x\ny"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"z"}]}""";

    [Fact]
    public void LookingForImages_AllocatesNothing()
    {
        var plain = AllocatedBy(Body([Hi]));
        var parts = AllocatedBy(Body(Enumerable.Repeat(Parts, 10_000)));

        Assert.Equal(plain, parts);
    }

    private static byte[] Body(IEnumerable<string> messages) => Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{{string.Join(',', messages)}}]}""");

    private static long AllocatedBy(byte[] body)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var request = ChatRequestReader.TryRead(new ChatCall(UpstreamOperation.ChatCompletions, body), out _);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.NotNull(request);
        }

        return least;
    }
}
