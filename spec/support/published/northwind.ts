import type { Published } from "./published";

export const northwind: Published = {
  title: "Northwind",
  source: "https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/sql/linq/downloading-sample-databases, with the columns of its SQLite and PostgreSQL ports",
  sqlite: [
    'create table [Categories] ([CategoryID] integer primary key autoincrement, [CategoryName] text, [Description] text, [Picture] blob)',
    'create table [Customers] ([CustomerID] text, [CompanyName] text, [Country] text, primary key (`CustomerID`))',
    `create table [Products] ([ProductID] integer not null primary key autoincrement, [ProductName] text not null, [CategoryID] integer, [UnitPrice] numeric default 0,
      [UnitsInStock] integer default 0, [Discontinued] text not null default '0', check ([UnitPrice] >= (0)), check ([UnitsInStock] >= (0)),
      foreign key ([CategoryID]) references [Categories] ([CategoryID]) on delete no action on update no action)`,
    `create table [Orders] ([OrderID] integer not null primary key autoincrement, [CustomerID] text, [OrderDate] datetime, [Freight] numeric default 0,
      foreign key ([CustomerID]) references [Customers] ([CustomerID]) on delete no action on update no action)`,
    `create table [Order Details] ([OrderID] integer not null, [ProductID] integer not null, [UnitPrice] numeric not null default 0, [Quantity] integer not null default 1,
      [Discount] real not null default 0, primary key ("OrderID", "ProductID"), check ([Discount] >= (0) and [Discount] <= (1)), check ([Quantity] > (0)),
      foreign key ([OrderID]) references [Orders] ([OrderID]), foreign key ([ProductID]) references [Products] ([ProductID]))`,
    'create view [Alphabetical list of products] as select ProductName from Products',
  ],
  postgres: [
    'create table "Categories" ("CategoryID" smallint not null primary key, "CategoryName" character varying(15) not null, "Description" text, "Picture" bytea)',
    'create table "Customers" ("CustomerID" bpchar(5) not null primary key, "CompanyName" character varying(40) not null, "Country" character varying(15))',
    `create table "Products" ("ProductID" smallint not null primary key, "ProductName" character varying(40) not null, "CategoryID" smallint references "Categories",
      "UnitPrice" real default 0, "UnitsInStock" smallint default 0 check ("UnitsInStock" >= 0), "Discontinued" integer default 0 not null)`,
    `create table "Orders" ("OrderID" smallint not null primary key, "CustomerID" bpchar(5) references "Customers", "OrderDate" date, "Freight" real default 0)`,
    `create table "Order Details" ("OrderID" smallint not null references "Orders", "ProductID" smallint not null references "Products", "UnitPrice" real default 0 not null,
      "Quantity" smallint default 1 not null check ("Quantity" > 0), "Discount" real default 0 not null, primary key ("OrderID", "ProductID"))`,
    'create view "Alphabetical list of products" as select "ProductName" from "Products"',
  ],
  rows: [
    `insert into "Categories" ("CategoryID", "CategoryName") values (1, 'Beverages')`,
    `insert into "Customers" values ('ALFKI', 'Alfreds Futterkiste', 'Germany'), ('AROUT', 'Around the Horn', 'UK')`,
    `insert into "Products" ("ProductID", "ProductName", "CategoryID", "UnitPrice") values (1, 'Chai', 1, 18.5), (2, 'Chang', 1, 19)`,
    `insert into "Orders" ("OrderID", "CustomerID", "OrderDate", "Freight") values (10248, 'ALFKI', '1996-07-04', 32.38)`,
    `insert into "Order Details" ("OrderID", "ProductID", "UnitPrice", "Quantity") values (10248, 1, 14, 12), (10248, 2, 9.8, 10)`,
  ],
  classes: { Categories: "Categories", Customers: "Customers", Products: "Products", Orders: "Orders", "Order Details": "OrderDetails" },
  left: { sqlite: ["Alphabetical list of products"], postgres: ["Alphabetical list of products"] },
};
