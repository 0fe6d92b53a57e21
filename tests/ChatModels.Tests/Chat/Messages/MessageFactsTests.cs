using System.Text;
using ChatModels.Chat;
using Xunit;
using static ChatModels.Testing.AnthropicUpstream;

namespace ChatModels.Tests.Chat.Messages;

/// <summary>What is read of Anthropic's events in passing. Shapes after https://platform.claude.com/docs/en/build-with-claude/streaming.</summary>
public sealed class MessageFactsTests
{
    [Fact]
    public void Events_TellIdModelUsageAndEnd()
    {
        var facts = Read([Start, Ping, .. TextBlock(0, "x"), MessageDelta("max_tokens"), Stop], out var kind);

        Assert.Equal((ObjectKind.End, "msg_fake", "claude-fake", false), (kind, facts.Id, facts.Model, facts.IsUnfinished));
        Assert.Equal(new TokenUsage(InputTokens + CacheRead + CacheCreation, OutputTokens, CacheRead, null, CacheCreation), facts.Usage);
        Assert.Equal(["max_tokens"], facts.FinishReasons!);
    }

    [Fact]
    public void TheCountsOfSeveralDeltas_AreCumulative_AndNeverAddedUp()
    {
        const string Counts = "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null},\"usage\":{\"output_tokens\":3}}";
        const string All = "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":6,\"cache_creation_input_tokens\":3,\"cache_read_input_tokens\":20,\"output_tokens\":9}}";

        Assert.Equal(3, Read([Start, Counts], out _).Usage?.Output);
        Assert.Equal(new TokenUsage(29, 9, 20, null, 3), Read([Start, Counts, All], out _).Usage);
    }

    [Fact]
    public void BeforeTheEnd_TheOutputIsNotKnown_AndTheMessageUnfinished()
    {
        var facts = Read([Start, .. TextBlock(0, "x"), MessageDelta("end_turn")[..^1] + ",\"usage\":{}}"], out _);

        Assert.True(facts.IsUnfinished);
        Assert.Null(Read([Start], out _).Usage?.Output);
    }

    [Theory]
    [InlineData("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}", false)]
    [InlineData("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}", false)]
    [InlineData("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"f\",\"input\":{}}}", true)]
    [InlineData("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"redacted_thinking\",\"data\":\"xyz\"}}", true)]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\"}}", false)]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"H\"}}", true)]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"H\"}}", true)]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"\"}}", false)]
    [InlineData("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":0}}", true)]
    [InlineData("{\"type\":\"ping\"}", false)]
    public void Content_IsWhatAClientWouldShow(string data, bool isContent)
    {
        Assert.Equal(isContent, Read([Start, data], out _).HasContent);
    }

    [Theory]
    [InlineData("{\"type\":\"message\",\"content\":[]}", ObjectKind.Answer)]
    [InlineData("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}", ObjectKind.Error)]
    [InlineData("{\"choices\":[]}", ObjectKind.Other)]
    [InlineData("{}", ObjectKind.Other)]
    internal void AnObject_IsKnownByItsType(string data, ObjectKind kind)
    {
        Read([data], out var read);

        Assert.Equal(kind, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"message_start\",\"message\":{\"id\":}")]
    [InlineData("{\"type\":\"ping\"} x")]
    public void WhatIsNoObject_IsNotRead(string data)
    {
        var facts = default(AnswerFacts);

        Assert.False(facts.TryReadMessage(Encoding.UTF8.GetBytes(data), out _));
    }

    private static AnswerFacts Read(string[] events, out ObjectKind last)
    {
        var facts = default(AnswerFacts);
        last = ObjectKind.Other;
        foreach (var data in events)
        {
            Assert.True(facts.TryReadMessage(Encoding.UTF8.GetBytes(data), out last), data);
        }

        return facts;
    }
}
