using Helpdesk.Tickets.Access;

namespace Helpdesk.Knowledge.Search;

/// <summary>Who reads articles.</summary>
public enum ArticleReader
{
    /// <summary>Customers and everybody unknown: public articles.</summary>
    Customer,

    /// <summary>Staff and their scripts: internal ones too.</summary>
    Staff,
}

public static class ArticleReaders
{
    public static ArticleReader Of(Viewer viewer) =>
        viewer is Viewer.Staff or Viewer.Script ? ArticleReader.Staff : ArticleReader.Customer;
}
