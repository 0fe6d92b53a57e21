namespace ChatModels.Registry.Feed;

/// <summary>The way from one state that was served to the next; may span several revisions.</summary>
internal sealed record FeedStep(RegistryHead From, RegistryHead To, FeedChanges Providers, FeedChanges Models)
{
    public int Ids { get; } = Providers.Changed.Count + Providers.Deleted.Count + Models.Changed.Count + Models.Deleted.Count;

    public static FeedStep Of(RegistryDifference difference) => new(difference.From!, difference.To!, FeedChanges.Of(difference.Providers), FeedChanges.Of(difference.Models));
}

/// <summary>What to read again, and what is gone.</summary>
internal sealed record FeedChanges(IReadOnlyList<string> Changed, IReadOnlyList<string> Deleted)
{
    public static FeedChanges Of(CollectionDifference difference) =>
        new([.. difference.Created.Concat(difference.Changed).Order(StringComparer.Ordinal)], difference.Deleted);

    /// <summary>Of names that were written, those that are there and those that are not.</summary>
    public static FeedChanges Of(IEnumerable<string> written, Func<string, bool> isThere)
    {
        var ids = written.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToLookup(isThere);
        return new([.. ids[true]], [.. ids[false]]);
    }
}
