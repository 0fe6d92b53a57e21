using System.Text;
using ChatModels.Chat;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class ChunkShapeTests
{
    private const string Chunk = """{"id":"c1","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}""";

    private const string Structural = "\"\\{}[]:,0aZ \n\u0001";

    [Theory]
    [InlineData("Hello")]
    [InlineData("x")]
    [InlineData(" day\\n\\u00e9\\\"")]
    [InlineData("größer \U0001F600")]
    public void AnotherText_Fits(string text) => Assert.True(Fits(Chunk.Replace("Hello", text, StringComparison.Ordinal)));

    [Theory]
    [InlineData("", "an empty text is no content")]
    [InlineData("a\nb", "no string of JSON holds a line end")]
    [InlineData("a\\x", "no escape of JSON")]
    [InlineData("a\"b", "ends too early")]
    [InlineData("a\\", "does not end")]
    public void ATextThatIsNone_DoesNotFit(string text, string why) => Assert.False(Fits(Chunk.Replace("Hello", text, StringComparison.Ordinal)), why);

    [Theory]
    [InlineData("c1", "c2")]
    [InlineData("\"index\":0", "\"index\":1")]
    [InlineData("null", "\"stop\"")]
    [InlineData("}]}", "}]}}")]
    [InlineData("}]}", "}]")]
    [InlineData("content", "refusal")]
    public void AnythingElseThatDiffers_DoesNotFit(string what, string instead) => Assert.False(Fits(Chunk.Replace(what, instead, StringComparison.Ordinal)));

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":""}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":null}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content" : "Hello"}}]}""")]
    public void AChunkWithoutAPlainText_IsNotRemembered(string chunk)
    {
        var shape = new ChunkShape();

        shape.Remember(Bytes(chunk));

        Assert.False(shape.Fits(Bytes(chunk)));
    }

    [Fact]
    public void AMembersNameThatEndsLikeIt_IsJustAsGood()
    {
        var shape = new ChunkShape();

        shape.Remember("""{"my\"content":"a","choices":[]}"""u8);

        Assert.True(shape.Fits("""{"my\"content":"b","choices":[]}"""u8));
        Assert.False(shape.Fits("""{"my\"content":"b","choices":[{}]}"""u8));
    }

    [Fact]
    public void ALongChunk_IsNotRemembered()
    {
        var chunk = Bytes(Chunk.Replace("c1", new string('c', 1024), StringComparison.Ordinal));
        var shape = new ChunkShape();

        shape.Remember(chunk);

        Assert.False(shape.Fits(chunk));
    }

    [Fact]
    public void WhereEachChunkHasAShapeOfItsOwn_NothingIsRememberedAnyMore()
    {
        var shape = new ChunkShape();
        for (var number = 1; number <= 8; number++)
        {
            shape.Remember(Bytes(Chunk.Replace("c1", $"c{number}", StringComparison.Ordinal)));
        }

        shape.Remember(Bytes(Chunk.Replace("c1", "late", StringComparison.Ordinal)));

        Assert.False(shape.Fits(Bytes(Chunk.Replace("c1", "late", StringComparison.Ordinal))));
        Assert.True(shape.Fits(Bytes(Chunk.Replace("c1", "c8", StringComparison.Ordinal))));
    }

    // Whatever is skipped must be what the reader would have taken for the same: seeded changes of a byte anywhere, and of several.
    [Fact]
    public void WhateverFits_SaysToTheReaderWhatTheFirstSaid()
    {
        var random = new Random(20261128);
        var first = Bytes(Chunk);
        var fitting = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var changed = first.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                changed[random.Next(first.Length)] = (byte)Structural[random.Next(Structural.Length)];
            }

            var shape = new ChunkShape();
            shape.Remember(first);
            if (shape.Fits(changed))
            {
                fitting++;
                Assert.Equal(Read(first), Read(changed));
            }
        }

        Assert.InRange(fitting, 1_000, 100_000);
    }

    private static bool Fits(string chunk)
    {
        var shape = new ChunkShape();
        shape.Remember(Bytes(Chunk));
        return shape.Fits(Bytes(chunk));
    }

    private static (bool, ObjectKind, bool, bool, string?, TokenUsage?) Read(ReadOnlySpan<byte> chunk)
    {
        var facts = new AnswerFacts();
        var read = facts.TryRead(chunk, out var kind);
        return (read, kind, facts.HasContent, facts.IsUnfinished, facts.Id, facts.Usage);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
