using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class AnswerTailTests
{
    private const string Usage = "\"usage\": {\"prompt_tokens\":7,\"completion_tokens\":3}";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(2_048)]
    [InlineData(100_000)]
    public void TheUsageAtTheEnd_IsRead_HoweverTheAnswerCame(int size)
    {
        var answer = Encoding.UTF8.GetBytes($"{{\"choices\":[{{\"content\":\"{new string('x', 9_000)}\"}}],{Usage},\"system_fingerprint\":null}}");
        var tail = new AnswerTail();
        foreach (var part in answer.Chunk(size))
        {
            tail.Keep(part);
        }

        Assert.Equal(new TokenUsage(7, 3, null, null), tail.ReadUsage(UpstreamOperation.ChatCompletions));
    }

    [Theory]
    [InlineData(UpstreamOperation.Messages, "\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":2,\"output_tokens\":3}}", 7, 3)]
    [InlineData(UpstreamOperation.Embeddings, "\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}", 5, null)]
    public void EachOperation_HasItsOwnWords(UpstreamOperation operation, string end, int input, int? output)
    {
        var tail = new AnswerTail();
        tail.Keep(Encoding.UTF8.GetBytes(end));

        var usage = tail.ReadUsage(operation);

        Assert.Equal((input, output), (usage?.Input, usage?.Output));
    }

    [Theory]
    [InlineData("")]
    [InlineData("}]}")]
    [InlineData("\"usage\":null}")]
    [InlineData("\"usage\":{\"prompt_tokens\":")]
    [InlineData("\"content\":\"he said \\\"usage\\\":{\\\"prompt_tokens\\\":9}\"}")]
    public void WithoutOne_NothingIsKnown(string end)
    {
        var tail = new AnswerTail();
        tail.Keep(Encoding.UTF8.GetBytes(end));

        Assert.Null(tail.ReadUsage(UpstreamOperation.ChatCompletions));
    }
}
