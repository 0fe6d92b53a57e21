using ChatModels.Chat;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class SparesTests
{
    // More than a thread and all of them together keep.
    private const int Many = 1000;

    [Fact]
    public void Taken_IsWhatThisThreadPutAwayLast()
    {
        var (older, newer) = (new Near(), new Near());

        Assert.True(Spares<Near>.TryPut(older));
        Assert.True(Spares<Near>.TryPut(newer));

        Assert.Same(newer, TakeOrNull<Near>());
        Assert.Same(older, TakeOrNull<Near>());
        Assert.Null(TakeOrNull<Near>());
    }

    [Fact]
    public void WhatAThreadCannotKeep_IsThereForOthers_UpToABound()
    {
        var all = Enumerable.Range(0, Many).Select(_ => new Far()).ToHashSet();

        var kept = all.Where(Spares<Far>.TryPut).ToHashSet();
        List<Far> taken = [];
        var other = new Thread(() => taken = TakeAll<Far>());
        other.Start();
        Assert.True(other.Join(TimeSpan.FromSeconds(30)));
        var own = TakeAll<Far>();

        Assert.InRange(kept.Count, 1, Many - 1);
        Assert.NotEmpty(taken);
        Assert.NotEmpty(own);
        Assert.Equal(kept.Count, taken.Count + own.Count);
        Assert.Equal(kept, [.. taken, .. own]);
    }

    private static List<T> TakeAll<T>() where T : class
    {
        List<T> taken = [];
        while (Spares<T>.TryTake(out var spare))
        {
            taken.Add(spare);
        }

        return taken;
    }

    private static T? TakeOrNull<T>() where T : class => Spares<T>.TryTake(out var spare) ? spare : null;

    // Kept by type: each test has one of its own.
    private sealed class Near;

    private sealed class Far;
}
